package observe

import (
	"slices"
	"time"

	"chordscope/node/ring"
	"chordscope/node/store"
)

// judge compares what peers hold of a key with what they should hold. The
// rules are those that Datum gives.
type judge struct {
	space   ring.Space
	keepers *keepers
	now     time.Duration
	holders []Holder // used again for each key
}

// decide sets what follows from a record. It reports whether what was promised
// is not to be seen, but may be on its way.
func (j *judge) decide(r *record) (waits bool) {
	r.held = slices.DeleteFunc(r.held, func(h replica) bool { return !h.by.state.Present() })
	newest := r.newest()
	broken := newest.Version.Compare(r.promise.version) < 0
	settled := broken && r.promise.settled(j.now)
	if settled && r.promise.deleted { // all who had the tombstone have dropped it
		r.promise = promise{}
		newest, broken = r.newest(), false
	}
	lost := broken && settled
	deleted := !lost && newest.Deleted || broken && r.promise.deleted
	r.leftover = deleted && slices.ContainsFunc(r.held, func(h replica) bool { return !h.Deleted && h.by.state.Live() })
	r.void = len(r.held) == 0 && r.promise.version.IsZero()
	switch {
	case lost && r.promise.entry == nil:
		j.show(r, &store.Entry{Version: r.promise.version}, true)
	case lost:
		j.show(r, r.promise.entry, true)
	case deleted || newest == &nothing:
		r.datum, r.owner = nil, nil
	default:
		j.show(r, newest, false)
	}
	return broken && !lost
}

// nothing is what is held of a key that nobody holds.
var nothing store.Entry

// newest returns what counts as the newest state of a key.
func (r *record) newest() *store.Entry {
	best := r.best(func(p *subject) bool { return p.state.Live() })
	if best == &nothing || best.Version.Compare(r.promise.version) < 0 {
		best = r.best((*subject).counts)
	}
	return best
}

func (r *record) best(of func(*subject) bool) *store.Entry {
	best := &nothing
	for _, h := range r.held {
		if h.Entry != best && of(h.by) && h.Version.Compare(best.Version) > 0 {
			best = h.Entry
		}
	}
	return best
}

// show sets the Datum of a record whose newest value, or last one, is e. If all
// is as it was, so is the Datum.
func (j *judge) show(r *record, e *store.Entry, lost bool) {
	d := Datum{Key: r.key, Version: e.Version, Size: e.Size, Sum: e.Sum, Head: e.Head}
	wanted := j.keepers.of(r.key.ID)
	r.owner, d.Owner = nil, r.key.ID
	if len(wanted) > 0 {
		r.owner, d.Owner = wanted[0], wanted[0].snap.Self.ID
	}
	missing, surplus := j.collect(r, wanted, &d)
	switch {
	case lost:
		d.State = Lost
	case missing:
		d.State = UnderReplicated
	case surplus:
		d.State = Surplus
	}
	if old := r.datum; old != nil {
		d.Name = old.Name
		if old.State == d.State && old.Owner == d.Owner && old.Version == d.Version && old.Size == d.Size &&
			old.Sum == d.Sum && old.Head == d.Head && slices.Equal(old.Holders, j.holders) {
			return
		}
	} else {
		d.Name = r.key.Text(j.space)
	}
	d.Holders = append([]Holder(nil), j.holders...)
	if old := r.datum; old == nil || old.Version.Compare(d.Version) < 0 {
		r.written = j.now
	}
	r.datum = &d
}

// collect lists who should hold d or does, in ring order from the owner.
func (j *judge) collect(r *record, wanted []*subject, d *Datum) (missing, surplus bool) {
	j.holders = j.holders[:0]
	add := func(p *subject, wanted bool) (has bool) {
		h := Holder{ID: p.snap.Self.ID, Name: p.name, Wanted: wanted}
		if i := r.heldBy(p); i >= 0 && !r.held[i].Deleted {
			h.Has = r.held[i].Version == d.Version
			h.Old = !h.Has
		}
		j.holders = append(j.holders, h)
		return h.Has
	}
	missing = len(wanted) == 0
	for _, p := range wanted {
		missing = !add(p, true) || missing
	}
	for i := range r.held {
		if h := &r.held[i]; h.by.counts() && !h.Deleted && !slices.Contains(wanted, h.by) {
			add(h.by, false)
			surplus = surplus || h.by.state.Live()
		}
	}
	slices.SortStableFunc(j.holders[len(wanted):], func(a, b Holder) int {
		return j.space.Distance(d.Owner, a.ID).Compare(j.space.Distance(d.Owner, b.ID))
	})
	return missing, surplus
}
