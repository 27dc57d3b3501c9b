package observe

import (
	"slices"
	"time"

	"chordscope/node/ring"
	"chordscope/node/store"
)

// settle judges what has changed since it was last called, and what the change
// of the keepers bears on. It costs, beside that, at most a copy of the lists.
func (l *ledger) settle(space ring.Space, ks keepers, now time.Duration) {
	for _, r := range l.waiting {
		l.change(r)
	}
	l.waiting = nil
	l.regroup(&ks)
	slices.SortFunc(l.changed, func(a, b *record) int { return a.key.Compare(b.key) })
	j := &judge{space: space, keepers: &ks, now: now}
	var shown, listed []*record
	for _, r := range l.changed {
		before := r.datum
		l.judge(j, r)
		if r.datum != before {
			shown = append(shown, r)
		}
		if r.void == r.indexed {
			listed = append(listed, r)
			r.indexed = !r.void
		}
	}
	l.keys = splice(l.keys, shown, func(d *Datum) store.Key { return d.Key },
		func(r *record) (*Datum, bool) { return r.datum, r.datum != nil })
	l.index = splice(l.index, listed, (*record).name, func(r *record) (*record, bool) { return r, !r.void })
	l.changed, l.keepers = nil, ks
}

// regroup finds the records to be judged because of other keepers.
func (l *ledger) regroup(ks *keepers) {
	others := differing(l.keepers.standing, ks.standing)
	if len(others) == 0 {
		return
	}
	for _, p := range others {
		p.moved = true
	}
	for _, r := range l.index {
		wanted := ks.of(r.key.ID)
		if slices.ContainsFunc(r.held, func(h replica) bool { return h.by.moved }) ||
			slices.ContainsFunc(wanted, func(p *subject) bool { return p.moved }) ||
			!slices.Equal(wanted, l.keepers.of(r.key.ID)) {
			l.change(r)
		}
	}
	for _, p := range others {
		p.moved = false
	}
}

// judge decides about a record and counts it.
func (l *ledger) judge(j *judge, r *record) {
	if j.decide(r) {
		l.waiting = append(l.waiting, r)
	}
	r.changed = false
	if r.void {
		delete(l.records, r.key)
	}
	l.count(r, 1)
}

func (r *record) name() store.Key { return r.key }

// splice returns list with the changed records worked in: each puts its item in
// the place of the one with the same key, or takes that away. Both are in key
// order. The list itself stays as it is.
func splice[T any](list []T, changed []*record, key func(T) store.Key, item func(*record) (T, bool)) []T {
	if len(changed) == 0 {
		return list
	}
	out := make([]T, 0, len(list)+len(changed))
	for _, r := range changed {
		i, found := slices.BinarySearchFunc(list, r.key, func(t T, k store.Key) int { return key(t).Compare(k) })
		out = append(out, list[:i]...)
		if t, ok := item(r); ok {
			out = append(out, t)
		}
		if found {
			i++
		}
		list = list[i:]
	}
	return append(out, list...)
}
