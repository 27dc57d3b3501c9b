package observe

import (
	"fmt"
	"slices"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/sim"
	"chordscope/node/store"
	"chordscope/node/truth"
)

// compareKeys compares a Picture with what the peers hold. It reports whether
// everything that is not lost is where it should be, and nowhere else. Nothing
// is deleted here.
func compareKeys(pic *Picture, s *sim.Sim, members *truth.Members, k int, acked map[store.Key]store.Version) (right bool, err error) {
	held := make(map[store.Key]map[ring.ID]store.Entry) // by members and leavers
	for _, h := range s.Hosts() {
		if st := h.Peer.Status(); !h.Live() || st != chord.StatusMember && st != chord.StatusLeaving {
			continue
		}
		for _, e := range h.Peer.Entries(store.Key{}, false, 1000) {
			if held[e.Key] == nil {
				held[e.Key] = make(map[ring.ID]store.Entry)
			}
			held[e.Key][h.Ref.ID] = e
		}
	}
	right = pic.Data.Syncing == 0
	for key := range acked {
		if held[key] == nil {
			held[key] = make(map[ring.ID]store.Entry)
		}
	}
	for key, at := range held {
		newest := acked[key]
		for _, e := range at {
			if e.Version.Compare(newest) > 0 {
				newest = e.Version
			}
		}
		var has, wanted []ring.ID
		for id, e := range at {
			if e.Version == newest {
				has = append(has, id)
			}
		}
		for _, r := range members.Holders(key.ID, k) {
			wanted = append(wanted, r.ID)
		}
		d := pic.Datum(key)
		if d == nil || (d.State == Lost) != (len(has) == 0) || d.State != Lost && d.Version.Compare(newest) > 0 {
			return false, fmt.Errorf("%v is held as %v, the picture says %+v", key, at, d)
		}
		if d.State == Lost {
			continue
		}
		if d.Version == newest {
			if got := d.ids(func(h Holder) bool { return h.Has }); !sameIDs(got, has) {
				return false, fmt.Errorf("%v is at %v, the picture says %v", key, has, got)
			}
		} else if slices.ContainsFunc(has, func(id ring.ID) bool { return pic.member(id) }) {
			return false, fmt.Errorf("a member has %v as %v, the picture says %+v", key, newest, d)
		}
		if got := d.ids(func(h Holder) bool { return h.Wanted }); !slices.Equal(got, wanted) {
			return false, fmt.Errorf("%v should be at %v, the picture says %v", key, wanted, got)
		}
		right = right && sameIDs(has, wanted) && len(at) == len(has)
	}
	if len(pic.Keys) != len(held) {
		return false, fmt.Errorf("%d keys, the picture has %d", len(held), len(pic.Keys))
	}
	return right, nil
}

func (d *Datum) ids(of func(Holder) bool) (out []ring.ID) {
	for _, h := range d.Holders {
		if of(h) {
			out = append(out, h.ID)
		}
	}
	return out
}

func (p *Picture) member(id ring.ID) bool {
	return slices.ContainsFunc(p.Peers, func(peer Peer) bool { return peer.ID == id && peer.State.Live() })
}

func sameIDs(a, b []ring.ID) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.SortFunc(a, ring.ID.Compare)
	slices.SortFunc(b, ring.ID.Compare)
	return slices.Equal(a, b)
}
