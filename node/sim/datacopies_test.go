package sim

import (
	"fmt"

	"chordscope/node/chord"
	"chordscope/node/store"
	"chordscope/node/truth"
)

// changed notes what a peer holds of a key now. No peer goes back from a
// version to a lower one.
func (l *ledger) changed(h *Host, r *record) {
	e, ok := h.Peer.Entry(r.key)
	if !ok {
		delete(r.held, h)
		if !h.dead {
			l.kept(r, nil)
		}
		return
	}
	if was, held := r.held[h]; held && e.Version.Compare(was) < 0 {
		l.fail("%s goes back from %s to %s of %s", l.peer(h), l.version(was), l.version(e.Version), l.name(r.key))
	}
	r.held[h] = e.Version
	l.means(r, e.Version, content{deleted: e.Deleted, value: e.Head}, h)
}

// means notes what a version stands for, as h says: one content for everybody
// and for ever.
func (l *ledger) means(r *record, v store.Version, is content, h *Host) {
	if !is.deleted && r.buried[is.value] && !l.beyond {
		l.fail("%s has %q as %s of %s: it was deleted and had gone, and came back", l.peer(h), is.value, l.version(v), l.name(r.key))
	}
	if meant, known := r.meant[v]; known && meant != is {
		l.fail("%s has %+v as %s of %s, which was %+v elsewhere", l.peer(h), is, l.version(v), l.name(r.key), meant)
	}
	r.meant[v] = is
}

// gone judges the moment in which a peer ends, with all that it held.
func (l *ledger) gone(h *Host) {
	for _, r := range l.order {
		if _, held := r.held[h]; held {
			l.kept(r, h)
		}
	}
}

// kept fails if no live peer but without holds the newest acknowledged write of
// a key any more, or one that came after it. A tombstone may go once nobody
// holds anything.
func (l *ledger) kept(r *record, without *Host) {
	if r.acked == nil {
		return
	}
	best, n := r.best(without)
	switch {
	case best.Compare(r.acked.version) >= 0 && n > 0:
	case n == 0 && r.deleted():
		r.bury()
	case !l.beyond:
		l.fail("%v of %s was acknowledged as %s; %d live peers hold the key, none above %s", r.acked, l.name(r.key), l.version(r.acked.version), n, l.version(best))
	}
}

// bury closes the history of a key that is deleted and of which nothing is left:
// it may begin anew, but none of its values may be seen again.
func (r *record) bury() {
	r.acked.collected, r.acked = true, nil
	for _, c := range r.meant {
		if !c.deleted {
			r.buried[c.value] = true
		}
	}
	clear(r.meant)
}

// deleted reports whether the highest version that anybody ever held is a
// tombstone. The delete need not be acknowledged: its client may have gone.
func (r *record) deleted() bool {
	var last store.Version
	for v := range r.meant {
		if last.Compare(v) < 0 {
			last = v
		}
	}
	return r.meant[last].deleted
}

// best returns the highest version that live peers but without hold, and how
// many hold any.
func (r *record) best(without *Host) (best store.Version, n int) {
	for h, v := range r.held {
		if h.dead || h == without {
			continue
		}
		n++
		if best.Compare(v) < 0 {
			best = v
		}
	}
	return best, n
}

// placed returns what is not where it belongs: each key in one version on its
// owner and the next min(k, N)-1 members. With exactly, also that nobody else
// holds any, that no tombstone is left, and that the peers hold what they told.
func (l *ledger) placed(r int, exactly bool) error {
	var members []*Host
	for _, h := range l.sim.hosts {
		switch {
		case h.dead:
		case h.Peer.Status() != chord.StatusMember:
			return fmt.Errorf("%s is %v", l.peer(h), h.Peer.Status())
		case h.Peer.Snapshot().Syncing:
			return fmt.Errorf("%s is syncing", l.peer(h))
		default:
			members = append(members, h)
		}
	}
	m := truth.NewMembers(l.sim.cfg.Space, l.sim.Snapshots())
	if rep := m.Check(r); !rep.Ideal {
		return fmt.Errorf("the ring is not ideal: %s", rep.Why)
	}
	for _, rec := range l.order {
		if err := l.placedKey(rec, m, members, exactly); err != nil {
			return err
		}
	}
	if !exactly {
		return nil
	}
	return l.mirrored(members)
}

func (l *ledger) placedKey(r *record, m *truth.Members, members []*Host, exactly bool) error {
	best, n := r.best(nil)
	if n == 0 {
		return nil
	}
	if exactly && r.meant[best].deleted {
		return fmt.Errorf("the tombstone of %s is still held by %d peers", l.name(r.key), n)
	}
	owner, _ := m.Index(m.Owner(r.key.ID))
	holders, hosts := make(map[chord.Ref]bool), make(map[string]bool)
	for i := 0; i < m.Len() && len(holders) < l.k; i++ {
		if self := m.At(owner + i).Self; !hosts[self.HostAddr()] {
			holders[self], hosts[self.HostAddr()] = true, true
		}
	}
	for _, h := range members {
		holder := holders[h.Ref]
		v, held := r.held[h]
		switch {
		case holder && !held:
			return fmt.Errorf("%s does not hold %s in %s", l.peer(h), l.name(r.key), l.version(best))
		case holder && v != best:
			return fmt.Errorf("%s holds %s in %s, not %s", l.peer(h), l.name(r.key), l.version(v), l.version(best))
		case exactly && !holder && held:
			return fmt.Errorf("%s holds %s, which %s owns", l.peer(h), l.name(r.key), l.sim.cfg.Space.Format(m.At(owner).Self.ID))
		}
	}
	return nil
}

// mirrored compares what the peers hold with what they told in
// Effects.Changes.
func (l *ledger) mirrored(members []*Host) error {
	for _, h := range members {
		told := 0
		for _, r := range l.order {
			if _, held := r.held[h]; held {
				told++
			}
		}
		all := entries(h)
		for _, e := range all {
			if r := l.records[e.Key]; r == nil || r.held[h] != e.Version {
				return fmt.Errorf("%s holds %s in %s and did not tell", l.peer(h), l.name(e.Key), l.version(e.Version))
			}
		}
		if items, _ := h.Peer.Stored(); told != len(all) || items != told {
			return fmt.Errorf("%s told of %d keys, holds %d, and counts %d", l.peer(h), told, len(all), items)
		}
	}
	return nil
}

// entries returns all that a peer holds, taken in pages.
func entries(h *Host) []store.Entry {
	const page = 50
	var all []store.Entry
	for {
		var after store.Key
		if len(all) > 0 {
			after = all[len(all)-1].Key
		}
		part := h.Peer.Entries(after, len(all) > 0, page)
		all = append(all, part...)
		if len(part) < page {
			return all
		}
	}
}
