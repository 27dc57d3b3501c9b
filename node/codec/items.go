package codec

import (
	"fmt"

	"chordscope/node/ring"
	"chordscope/node/store"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// EncodeKey returns a key for the wire.
func EncodeKey(k store.Key) *pb.Key {
	out := &pb.Key{Id: encodeID(k.ID)}
	if k.Name != "" {
		out.Name = []byte(k.Name)
	}
	return out
}

func encodeKeys(keys []store.Key) []*pb.Key { return each(keys, EncodeKey) }

// encodeVersion returns nil for the version of what was never written.
func encodeVersion(v store.Version) *pb.Version {
	if v == (store.Version{}) {
		return nil
	}
	return &pb.Version{Counter: v.Counter, Node: encodeID(v.Node), Incarnation: v.Inc}
}

// encodeHeldVersion is encodeVersion for lists, which have no gaps.
func encodeHeldVersion(v store.Version) *pb.Version {
	if out := encodeVersion(v); out != nil {
		return out
	}
	return &pb.Version{}
}

func encodeItem(it store.Item) *pb.Item {
	return &pb.Item{Key: EncodeKey(it.Key), Version: encodeVersion(it.Version), Tag: it.Tag, Deleted: it.Deleted, Value: it.Value}
}

func encodeItems(items []store.Item) []*pb.Item { return each(items, encodeItem) }

func encodeDigest(d store.Digest) *pb.Digest { return &pb.Digest{Count: d.Count, Hi: d.Hi, Lo: d.Lo} }

// encodeRange returns nil for the zero interval, which is no range.
func encodeRange(iv ring.Interval) *pb.Range {
	if iv == (ring.Interval{}) {
		return nil
	}
	return &pb.Range{From: encodeID(iv.From), To: encodeID(iv.To)}
}

func encodePart(p store.Part) *pb.Part {
	return &pb.Part{To: encodeID(p.To), Digest: encodeDigest(p.Digest)}
}

// each returns nil for an empty list.
func each[T, U any](in []T, one func(T) U) []U {
	if len(in) == 0 {
		return nil
	}
	out := make([]U, len(in))
	for i, v := range in {
		out[i] = one(v)
	}
	return out
}

// key reads a key that has to be there and to stand where it belongs.
func (d *decoder) key(k *pb.Key) store.Key {
	if k == nil {
		d.failf("a key is missing")
		return store.Key{}
	}
	if !d.fits("a key's name", len(k.GetName()), store.MaxName) {
		return store.Key{}
	}
	out := store.Key{ID: d.id(k.GetId()), Name: string(k.GetName())}
	if err := out.Check(d.space); err != nil {
		d.failf("%v", err)
	}
	return out
}

func (d *decoder) keys(keys []*pb.Key, limit int) []store.Key {
	return list(d, "keys", keys, limit, d.key)
}

// version reads a version that may be the zero one.
func (d *decoder) version(v *pb.Version) store.Version {
	out := store.Version{Counter: v.GetCounter(), Node: d.id(v.GetNode()), Inc: v.GetIncarnation()}
	if out.IsZero() && out != (store.Version{}) {
		d.failf("a version without a counter")
	}
	return out
}

// someVersion reads a version that has to be there.
func (d *decoder) someVersion(v *pb.Version) store.Version {
	out := d.version(v)
	if out.IsZero() {
		d.failf("a version is missing")
	}
	return out
}

// item reads an item that may never have been written.
func (d *decoder) item(it *pb.Item) store.Item {
	out := store.Item{
		Key: d.key(it.GetKey()), Version: d.version(it.GetVersion()), Tag: it.GetTag(),
		Deleted: it.GetDeleted(), Value: d.value(it.GetValue()),
	}
	if len(out.Value) > 0 && (out.Deleted || out.Version.IsZero()) || out.Deleted && out.Version.IsZero() {
		d.failf("an item that was deleted or never written, with a value or without a version")
	}
	return out
}

// someItem reads an item that was written.
func (d *decoder) someItem(it *pb.Item) store.Item {
	out := d.item(it)
	if out.Version.IsZero() {
		d.failf("an item without a version")
	}
	return out
}

func (d *decoder) items(items []*pb.Item) []store.Item {
	return list(d, "items", items, maxItems, d.someItem)
}

// value reads a value; an empty one becomes nil.
func (d *decoder) value(v []byte) []byte {
	if len(v) == 0 || !d.fits("a value", len(v), store.MaxValue) {
		return nil
	}
	return v
}

// fits fails with wire.ErrTooLarge, not as malformed: the sender may be honest
// and is told what is allowed.
func (d *decoder) fits(what string, size, limit int) bool {
	if size > limit {
		d.fail(&wire.Error{Kind: wire.ErrTooLarge, Detail: fmt.Sprintf("%s of %d bytes: at most %d are allowed", what, size, limit)})
		return false
	}
	return true
}

func (d *decoder) digest(m *pb.Digest) store.Digest {
	return store.Digest{Count: m.GetCount(), Hi: m.GetHi(), Lo: m.GetLo()}
}

// someRange reads a range that has to be there.
func (d *decoder) someRange(r *pb.Range) ring.Interval {
	if r == nil {
		d.failf("a range is missing")
		return ring.Interval{}
	}
	return ring.OpenClosed(d.id(r.GetFrom()), d.id(r.GetTo()))
}

// rangeOrNone is someRange where there may be none.
func (d *decoder) rangeOrNone(r *pb.Range) ring.Interval {
	if r == nil {
		return ring.Interval{}
	}
	return d.someRange(r)
}

func (d *decoder) part(p *pb.Part) store.Part {
	return store.Part{To: d.id(p.GetTo()), Digest: d.digest(p.GetDigest())}
}
