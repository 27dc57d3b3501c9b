package observe

import (
	"slices"
	"time"

	"chordscope/node/store"
)

// ledger is what every peer holds, and what was promised to be kept. What
// follows from it for the Picture is judged when a Picture is made, only for
// keys that have changed since, or that other peers should hold than before, or
// whose holders count in another way. The Store's lock guards it.
type ledger struct {
	records map[store.Key]*record
	index   []*record // all that were judged, in key order
	changed []*record // to be judged
	waiting []*record // judged, but their promise may turn out to be broken

	keepers keepers          // of the last judgement
	ailing  map[*record]bool // under-replicated or surplus by it, and not changed since
	keys    []*Datum         // of the last judgement; never changed, only replaced
	sums    Data             // keys by state, and leftovers
}

// record is one key. What is below held follows from the last judgement.
type record struct {
	key     store.Key
	promise promise
	held    []replica

	datum    *Datum        // as Pictures show it; nil: they do not
	written  time.Duration // when the value of datum was first judged
	owner    *subject      // of the datum; nil: there are no members
	leftover bool          // deleted, but a member holds a value
	void     bool          // nothing is known of it any more
	indexed  bool          // in the index
	changed  bool          // since then, or never judged
}

// replica is what one peer holds of a key. Those who hold the same share the
// Entry, which is never changed.
type replica struct {
	by *subject
	*store.Entry
}

// promise is the newest write that was acknowledged. The zero promise is none.
type promise struct {
	version store.Version
	deleted bool
	made    time.Duration
	copies  int          // how many peers its owner said to hold it; 0: it did not say
	seen    int          // how many were seen to hold it, or something newer
	entry   *store.Entry // of a copy; nil: none was seen
}

// patience is how long copies that were promised may be on their way to us.
const patience = 2 * time.Second

// settled reports whether we should have seen all the copies by now.
func (p *promise) settled(now time.Duration) bool {
	return p.copies > 0 && p.seen >= p.copies || now-p.made >= patience
}

// kept reports whether somebody who counts holds what was promised, or
// something newer.
func (r *record) kept() bool {
	return slices.ContainsFunc(r.held, func(h replica) bool {
		return h.by.counts() && h.Version.Compare(r.promise.version) >= 0
	})
}

// record returns the record of a key, made if needed, for being changed.
func (l *ledger) record(key store.Key) *record {
	r := l.records[key]
	if r == nil {
		r = &record{key: key, changed: true}
		l.records[key] = r
		l.changed = append(l.changed, r)
	}
	l.change(r)
	return r
}

// change must be called before a record that was judged is changed.
func (l *ledger) change(r *record) {
	if !r.changed {
		l.count(r, -1)
		r.changed = true
		l.changed = append(l.changed, r)
	}
}

// count adds what was judged of a record to the sums, or with -1 takes it away.
func (l *ledger) count(r *record, n int) {
	for i := range r.held {
		h := &r.held[i]
		switch t := &h.by.totals; {
		case h.Deleted:
			t.tombstones += n
		case r.datum != nil:
			t.copies += n
			t.bytes += n * h.Size
			if h.by == r.owner {
				t.owned += n
			}
		}
	}
	if r.leftover {
		l.sums.Leftovers += n
	}
	if r.datum == nil {
		return
	}
	if st := r.datum.State; n > 0 && (st == UnderReplicated || st == Surplus) {
		l.ailing[r] = true
	} else {
		delete(l.ailing, r)
	}
	switch r.datum.State {
	case Healthy:
		l.sums.Healthy += n
	case UnderReplicated:
		l.sums.UnderReplicated += n
	case Surplus:
		l.sums.Surplus += n
	case Lost:
		l.sums.Lost += n
	}
}

// holdAll replaces all that was known of what a peer holds.
func (l *ledger) holdAll(by *subject, all []store.Entry) {
	has := make(map[store.Key]bool, len(all))
	for _, e := range all {
		has[e.Key] = true
	}
	for key, r := range l.records {
		if !has[key] && r.heldBy(by) >= 0 {
			l.drop(by, key)
		}
	}
	for _, e := range all {
		l.hold(by, e)
	}
}

// hold notes that a peer holds e, instead of what it held of the key before.
func (l *ledger) hold(by *subject, e store.Entry) {
	r, before := l.records[e.Key], store.Version{}
	if r == nil {
		r = l.record(e.Key)
	}
	i := r.heldBy(by)
	if i >= 0 && *r.held[i].Entry == e {
		return
	}
	l.change(r)
	same := r.share(e)
	if i < 0 {
		r.held = append(r.held, replica{by, same})
	} else {
		before, r.held[i].Entry = r.held[i].Version, same
	}
	r.promise.notice(before, same)
}

// share returns e as others hold it.
func (r *record) share(e store.Entry) *store.Entry {
	for _, h := range r.held {
		if *h.Entry == e {
			return h.Entry
		}
	}
	e.Key = r.key // one name in memory
	return &e
}

// notice takes note of a peer that holds e, and held another version before.
func (p *promise) notice(before store.Version, e *store.Entry) {
	if e.Version == p.version {
		p.entry = e
	}
	if before.Compare(p.version) < 0 && e.Version.Compare(p.version) >= 0 {
		p.seen++
	}
}

// drop notes that a peer holds nothing of a key any more.
func (l *ledger) drop(by *subject, key store.Key) {
	r := l.records[key]
	if r == nil {
		return
	}
	if i := r.heldBy(by); i >= 0 {
		l.change(r)
		r.held = slices.Delete(r.held, i, i+1)
	}
}

func (r *record) heldBy(by *subject) int {
	return slices.IndexFunc(r.held, func(h replica) bool { return h.by == by })
}

// promised notes that a write was acknowledged, by an owner that says how many
// copies there are, or with 0 by somebody who does not know. It reports whether
// that is news.
//
// News may come late, so the highest version counts. But versions begin anew
// where nobody remembers a key: after its tombstones were collected, or once it
// was lost. A lower version is therefore news if what was promised before is
// held by nobody, unless it is an earlier write of the same owner on its way.
func (l *ledger) promised(key store.Key, v store.Version, deleted bool, copies int, now time.Duration) bool {
	if v.IsZero() {
		return false // a delete of what never was
	}
	r := l.record(key)
	old := &r.promise
	switch c := v.Compare(old.version); {
	case c == 0:
		old.copies = max(old.copies, copies)
		return false
	case c < 0 && (r.kept() || !old.settled(now) && v.Node == old.version.Node && v.Inc == old.version.Inc):
		return false
	}
	r.promise = promise{version: v, deleted: deleted, made: now, copies: copies}
	for _, h := range r.held {
		if h.by.counts() {
			r.promise.notice(store.Version{}, h.Entry)
		}
	}
	return true
}

// size returns the bytes of a peer's value of a key.
func (l *ledger) size(by *subject, key store.Key) int {
	if r := l.records[key]; r != nil {
		if i := r.heldBy(by); i >= 0 {
			return r.held[i].Size
		}
	}
	return 0
}
