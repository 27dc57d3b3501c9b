package codec

import (
	"maps"
	"slices"

	"chordscope/node/ring"
	"chordscope/node/store"
	pb "chordscope/proto"
)

// maxHeld is how many keys one delta names; their bytes are bounded by the frame.
const maxHeld = 1 << 16

// EncodeHeld returns one key that a peer holds, for its watchers.
func EncodeHeld(e *store.Entry) *pb.HeldKey {
	out := &pb.HeldKey{Key: EncodeKey(e.Key), Version: encodeVersion(e.Version), Deleted: e.Deleted, Size: uint32(e.Size), Sum: e.Sum}
	if e.Head != "" {
		out.Head = []byte(e.Head)
	}
	return out
}

// Holdings puts together what a peer holds, out of the pages and deltas that its
// watch tells after a PeerState. The zero value has heard nothing yet.
type Holdings struct {
	entries  map[store.Key]store.Entry
	complete bool
}

// Complete reports whether the last page has come: from then on Entries is all
// that the peer held at the last delta.
func (h *Holdings) Complete() bool { return h.complete }

// Entries returns what was told, in no order.
func (h *Holdings) Entries() []store.Entry { return slices.Collect(maps.Values(h.entries)) }

// Page takes the next page. The error wraps wire.ErrMalformed or
// wire.ErrTooLarge.
func (h *Holdings) Page(space ring.Space, page *pb.HeldKeys) error {
	d := decoder{space: space}
	entries := list(&d, "held keys", page.GetKeys(), maxKeys, d.held)
	if h.complete || page.GetMore() && len(entries) == 0 {
		d.failf("a page of keys behind the last one, or an empty one before it")
	}
	if d.err != nil {
		return d.err
	}
	h.change(entries, nil)
	h.complete = !page.GetMore()
	return nil
}

// Delta takes what a delta says of keys, and returns it: those that are new or
// changed, and those that are gone. The error is as that of Page.
func (h *Holdings) Delta(space ring.Space, delta *pb.PeerDelta) (keys []store.Entry, gone []store.Key, err error) {
	d := decoder{space: space}
	keys = list(&d, "held keys", delta.GetKeys(), maxHeld, d.held)
	gone = d.keys(delta.GetGone(), maxHeld)
	if d.err != nil {
		return nil, nil, d.err
	}
	h.change(keys, gone)
	return keys, gone, nil
}

func (h *Holdings) change(keys []store.Entry, gone []store.Key) {
	if len(keys)+len(gone) == 0 {
		return
	}
	if h.entries == nil {
		h.entries = make(map[store.Key]store.Entry)
	}
	for _, e := range keys {
		h.entries[e.Key] = e
	}
	for _, k := range gone {
		delete(h.entries, k)
	}
}

func (d *decoder) held(m *pb.HeldKey) store.Entry {
	e := store.Entry{
		Key: d.key(m.GetKey()), Version: d.someVersion(m.GetVersion()), Deleted: m.GetDeleted(),
		Size: d.number("size of a value", m.GetSize(), store.MaxValue), Sum: m.GetSum(), Head: string(m.GetHead()),
	}
	if len(e.Head) > min(e.Size, store.MaxHead) || e.Deleted && e.Size > 0 {
		d.failf("a held key with %d bytes of %d shown, deleted: %v", len(e.Head), e.Size, e.Deleted)
	}
	return e
}
