package sim

import (
	"fmt"
	"slices"
	"time"

	"chordscope/node/chord"
	"chordscope/node/store"
)

// accessDeadline is within which every access of a live peer ends, whatever
// happens to the ring.
const accessDeadline = 6 * time.Second

// wordSpreads is how long what has just happened may be unknown to others.
const wordSpreads = time.Second

// ledger is what the clients of a ring know together: all that they asked for
// and what came of it. It judges every answer by what was acknowledged before
// the question was put, and mirrors what the peers say they hold.
type ledger struct {
	sim     *Sim
	k       int
	records map[store.Key]*record
	order   []*record
	tokens  []*access               // token n is at n-1
	since   map[*Host]time.Duration // when it became a member
	frozen  map[*Host]time.Duration // when it was last seen frozen
	going   map[*Host]bool          // told to leave
	tally   tally
	err     error // the first violation
	trace   func(string, ...any)

	// beyond: the limits of the promise are not kept, so that acknowledged
	// writes may be lost and reads may be stale. What remains: versions mean one
	// content, values are those that somebody put, everything ends in time.
	beyond bool
}

// tally counts what came of the accesses.
type tally struct {
	acked, writesFailed       int
	found, missing, getFailed int
	stale                     int
	slowest                   time.Duration
}

// record is the history of one key.
type record struct {
	key    store.Key
	writes []*access
	acked  *access // the acknowledged write of the highest version
	held   map[*Host]store.Version
	meant  map[store.Version]content
	buried map[string]bool // values that were deleted for good
}

// content is what a version stands for.
type content struct {
	deleted bool
	value   string
}

// access is one put, get or delete of a client.
type access struct {
	token  uint64
	op     chord.Op
	rec    *record
	value  string
	host   *Host
	begun  time.Duration
	ended  time.Duration // 0: under way, or its peer has gone
	ok     bool          // a write that is acknowledged
	failed bool
	// floor is the newest write that was acknowledged when this one began.
	floor     *access
	version   store.Version // of a write that is acknowledged
	collected bool          // it was deleted since, and nothing of the key is left
}

func newLedger(s *schedule, k int) *ledger {
	return &ledger{
		sim: s.sim, k: k, trace: s.trace, going: s.going, records: make(map[store.Key]*record),
		since: make(map[*Host]time.Duration), frozen: make(map[*Host]time.Duration),
	}
}

func (l *ledger) record(key store.Key) *record {
	r := l.records[key]
	if r == nil {
		r = &record{key: key, held: make(map[*Host]store.Version), meant: make(map[store.Version]content), buried: make(map[string]bool)}
		l.records[key] = r
		l.order = append(l.order, r)
	}
	return r
}

func (l *ledger) fail(format string, args ...any) {
	if l.err == nil {
		l.err = fmt.Errorf("at %v: %s", l.sim.now, fmt.Sprintf(format, args...))
		l.trace("VIOLATION %v", l.err)
	}
}

func (l *ledger) name(k store.Key) string { return k.Text(l.sim.cfg.Space) }
func (l *ledger) peer(h *Host) string     { return "N" + l.sim.cfg.Space.Format(h.Ref.ID) }
func (l *ledger) version(v store.Version) string {
	return fmt.Sprintf("%d.N%s/%d", v.Counter, l.sim.cfg.Space.Format(v.Node), v.Inc)
}

func (a *access) String() string { return fmt.Sprintf("%v #%d", a.op, a.token) }

// ask lets a client ask host h. The value of a put is made here, so that no two
// are alike.
func (l *ledger) ask(h *Host, op chord.Op, key store.Key) *access {
	r := l.record(key)
	a := &access{token: uint64(len(l.tokens) + 1), op: op, rec: r, host: h, begun: l.sim.now, floor: r.acked}
	l.tokens = append(l.tokens, a)
	if op != chord.OpGet {
		r.writes = append(r.writes, a)
	}
	if op == chord.OpPut {
		a.value = fmt.Sprintf("%s v%d", key.Name, a.token)
	}
	l.trace("%v %s: %v #%d %s", l.sim.now, l.peer(h), op, a.token, l.name(key))
	switch op {
	case chord.OpPut:
		l.sim.Do(h, chord.Put{Token: a.token, Key: key, Value: []byte(a.value)})
	case chord.OpDelete:
		l.sim.Do(h, chord.Delete{Token: a.token, Key: key})
	default:
		l.sim.Do(h, chord.Get{Token: a.token, Key: key})
	}
	return a
}

// observe takes what a peer's step brought.
func (l *ledger) observe(h *Host, fx *chord.Effects) {
	for _, k := range fx.Changes.Keys {
		l.changed(h, l.record(k))
	}
	if fx.Joined {
		l.since[h] = l.sim.now
	}
	if fx.Left || fx.Failed != "" {
		l.gone(h)
	}
	for i := range fx.Accesses {
		l.ended(h, &fx.Accesses[i])
	}
}

// ended judges the outcome of an access.
func (l *ledger) ended(h *Host, x *chord.Access) {
	if x.Token == 0 || x.Token > uint64(len(l.tokens)) {
		l.fail("%s ends the access #%d that nobody began", l.peer(h), x.Token)
		return
	}
	a := l.tokens[x.Token-1]
	l.trace("%v %s: %v #%d %s: found=%v value=%q version=%s copies=%d %s", l.sim.now, l.peer(h), x.Op, x.Token, l.name(x.Key), x.Found, x.Value, l.version(x.Version), x.Copies, x.Failed)
	switch {
	case a.ended != 0:
		l.fail("%v ended twice", a)
	case a.host != h || a.op != x.Op || a.rec.key != x.Key:
		l.fail("%s answers %v on %s, asked was %v on %s at %s", l.peer(h), x.Op, l.name(x.Key), a, l.name(a.rec.key), l.peer(a.host))
	}
	a.ended = l.sim.now + 1 // never 0
	if l.late(a) {
		l.fail("%v on %s took %v", a, l.name(x.Key), l.sim.now-a.begun)
	}
	if l.frozen[h] < a.begun {
		l.tally.slowest = max(l.tally.slowest, l.sim.now-a.begun)
	}
	a.failed = x.Failed != ""
	switch {
	case x.Failed != "" && a.op == chord.OpGet:
		l.tally.getFailed++
	case x.Failed != "":
		l.tally.writesFailed++
	case a.op == chord.OpGet:
		l.read(a, x)
	default:
		l.written(a, x)
	}
}

// known returns the newest write that is known to have happened before this
// access, unless nothing of the key is left.
func (a *access) known() *access {
	if a.floor != nil && a.floor.collected {
		return nil
	}
	return a.floor
}

// written takes an acknowledgement.
func (l *ledger) written(a *access, x *chord.Access) {
	l.tally.acked++
	a.ok, a.version = true, x.Version
	r := a.rec
	if x.Version.IsZero() && a.op == chord.OpDelete { // there was nothing to delete
		if f := a.known(); !l.beyond && !l.mayBeMissing(r, f) {
			l.fail("%v finds no %s, but %v was acknowledged as %s before", a, l.name(r.key), f, l.version(f.version))
		}
		return
	}
	l.means(r, x.Version, content{deleted: a.op == chord.OpDelete, value: a.value}, a.host)
	if l.beyond {
		l.newest(a)
		return
	}
	if f := a.known(); f != nil && f.version.Compare(x.Version) >= 0 {
		l.fail("%v on %s is acknowledged as %s, not above %s of %v, which was acknowledged before it began", a, l.name(r.key), l.version(x.Version), l.version(f.version), f)
	}
	holders := 0
	for h, v := range r.held {
		if v.Compare(x.Version) >= 0 && (!h.dead || h.diedAt > l.sim.now-wordSpreads) {
			holders++
		}
	}
	if want := min(l.k, l.established()); x.Copies < want || holders < want {
		l.fail("%v on %s is acknowledged with %d copies, %d peers hold it, not %d", a, l.name(r.key), x.Copies, holders, want)
	}
	l.newest(a)
}

// established counts the hosts of the members but those that have just joined,
// of whom others may not know yet, and those that are about to leave.
func (l *ledger) established() int {
	hosts := make(map[string]bool)
	for _, h := range l.sim.hosts {
		if !h.dead && !l.going[h] && h.Peer.Status() == chord.StatusMember && l.since[h] <= l.sim.now-wordSpreads {
			hosts[h.Ref.HostAddr()] = true
		}
	}
	return len(hosts)
}

func (l *ledger) newest(a *access) {
	if r := a.rec; r.acked == nil || r.acked.version.Compare(a.version) < 0 {
		r.acked = a
	}
}

// read judges what a get brought.
func (l *ledger) read(a *access, x *chord.Access) {
	r, f := a.rec, a.known()
	if !x.Found {
		l.tally.missing++
		if !l.beyond && !l.mayBeMissing(r, f) {
			l.fail("%v: %s is not found, but %v was acknowledged as %s before", a, l.name(r.key), f, l.version(f.version))
		}
		return
	}
	l.tally.found++
	l.means(r, x.Version, content{value: string(x.Value)}, a.host)
	i := slices.IndexFunc(r.writes, func(w *access) bool { return w.op == chord.OpPut && w.value == string(x.Value) })
	switch {
	case i < 0:
		l.fail("%v: %s has the value %q, which nobody put", a, l.name(r.key), x.Value)
	case f != nil && f.version.Compare(x.Version) > 0:
		l.tally.stale++
		if !l.beyond {
			l.fail("%v: %s is %q in version %s, older than %s of %v, which was acknowledged before", a, l.name(r.key), x.Value, l.version(x.Version), l.version(f.version), f)
		}
	}
}

// mayBeMissing reports whether it can be right that there is no value, where f
// is the newest write that is known to have happened: it was a delete, or some
// delete may have come after it.
func (l *ledger) mayBeMissing(r *record, f *access) bool {
	if f == nil || f.op == chord.OpDelete {
		return true
	}
	return slices.ContainsFunc(r.writes, func(w *access) bool {
		behind := w.ok && w.version.Compare(f.version) < 0 // so it is known to have come before
		return w.op == chord.OpDelete && !behind
	})
}

// overdue fails if an access of a live peer has not ended in time. It is to be
// called now and then, for the time that a peer is frozen does not count.
func (l *ledger) overdue() {
	for _, h := range l.sim.hosts {
		if h.frozen {
			l.frozen[h] = l.sim.now
		}
	}
	for _, a := range l.tokens {
		if a.ended == 0 && !a.host.dead && l.late(a) {
			l.fail("%v on %s at %s has not ended after %v", a, l.name(a.rec.key), l.peer(a.host), l.sim.now-a.begun)
		}
	}
}

func (l *ledger) late(a *access) bool {
	return l.sim.now-max(a.begun, l.frozen[a.host]) > accessDeadline
}
