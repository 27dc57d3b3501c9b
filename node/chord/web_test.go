package chord

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"
	"time"

	"chordscope/node/ring"
)

// web joins peers in memory: every message arrives at once and in order, and
// time passes only when nothing else is left to do. The peers are paused, so
// that nothing happens but what a test asks for.
type web struct {
	t     testing.TB
	space ring.Space
	now   time.Duration
	peers map[string]*Peer
	order []*Peer // by identifier, the dead included
	dead  map[string]bool
	queue []delivery
	found map[uint64]Lookup
	sent  int
}

type delivery struct {
	to string
	in Input
}

func newWeb(t testing.TB, bits int) *web {
	return &web{t: t, space: ring.MustSpace(bits), now: time.Hour, peers: make(map[string]*Peer), dead: make(map[string]bool), found: make(map[uint64]Lookup)}
}

// refTo is the Ref that newWeb's peers have: N8 listens at n8.
func refTo(id ring.ID, space ring.Space) Ref {
	return Ref{ID: id, Addr: "n" + space.Format(id), Inc: 1}
}

func (w *web) ref(id uint64) Ref { return refTo(ring.FromUint64(id), w.space) }

func (w *web) peer(id uint64) *Peer { return w.peers[w.ref(id).Addr] }

// add makes an idle, paused peer.
func (w *web) add(id ring.ID, with func(*Config)) *Peer {
	cfg := Default(refTo(id, w.space), w.space)
	if with != nil {
		with(&cfg)
	}
	cfg.Replicas = min(cfg.Replicas, cfg.Successors)
	p, err := New(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.peers[cfg.Self.Addr] = p
	i := sort.Search(len(w.order), func(i int) bool { return id.Less(w.order[i].self.ID) })
	w.order = slices.Insert(w.order, i, p)
	w.do(p, Pause{})
	return p
}

// ideal makes peers with the given identifiers and loads them with the tables
// that they should have.
func (w *web) ideal(ids []ring.ID, with func(*Config)) {
	for _, id := range ids {
		w.add(id, with)
	}
	n := len(w.order)
	for i, p := range w.order {
		var succs []Ref
		for j := 1; j <= min(p.cfg.Successors, n-1); j++ {
			succs = append(succs, w.order[(i+j)%n].self)
		}
		if len(succs) == 0 && p.cfg.Original {
			succs = []Ref{p.self}
		}
		fingers := make([]Ref, w.space.Bits())
		for f := 2; f <= len(fingers); f++ {
			fingers[f-1] = w.owner(w.space.FingerStart(p.self.ID, f)).self
		}
		p.now = w.now
		load(p, w.order[(i+n-1)%n].self, succs, fingers)
	}
}

// owner is the first live peer at or after key.
func (w *web) owner(key ring.ID) *Peer {
	n := len(w.order)
	i := sort.Search(n, func(i int) bool { return !w.order[i].self.ID.Less(key) })
	for w.dead[w.order[i%n].self.Addr] {
		i++
	}
	return w.order[i%n]
}

func (w *web) kill(ids ...uint64) {
	for _, id := range ids {
		w.dead[w.ref(id).Addr] = true
	}
}

// do gives an input to a peer and then lets everything run until nothing more
// is under way.
func (w *web) do(p *Peer, in Input) {
	w.step(p, in)
	w.run()
}

func (w *web) step(p *Peer, in Input) {
	fx := p.Step(w.now, in)
	for _, l := range fx.Lookups {
		w.found[l.Token] = l
	}
	for _, m := range fx.Sends {
		w.sent++
		if w.dead[m.To.Addr] || w.peers[m.To.Addr] == nil {
			w.queue = append(w.queue, delivery{p.self.Addr, Lost{Addr: m.To.Addr, Refused: true}})
			continue
		}
		w.queue = append(w.queue, delivery{m.To.Addr, Receive{From: p.self, Request: m.Request, Answer: m.Answer, Body: m.Body}})
	}
}

func (w *web) run() {
	for {
		w.deliver()
		if !w.sleep() {
			return
		}
	}
}

// deliver delivers all messages, and those that follow from them, while time
// stands still.
func (w *web) deliver() {
	for i := 0; i < len(w.queue); i++ {
		if d := w.queue[i]; !w.dead[d.to] {
			w.step(w.peers[d.to], d.in)
		}
	}
	w.queue = w.queue[:0]
}

// sleep wakes the first peer that a timer runs for, or returns false.
func (w *web) sleep() bool {
	var first *Peer
	for _, p := range w.order {
		if p.timers.Len() > 0 && !w.dead[p.self.Addr] && (first == nil || p.timers.ts[0].at < first.timers.ts[0].at) {
			first = p
		}
	}
	if first == nil {
		return false
	}
	w.now = max(w.now, first.timers.ts[0].at)
	w.step(first, Wake{})
	return true
}

// lookup finds the owner of key from p by messages.
func (w *web) lookup(p *Peer, key ring.ID, recursive bool) Lookup {
	w.t.Helper()
	token := uint64(len(w.found) + 1)
	w.do(p, Find{Token: token, Key: key, Recursive: recursive})
	l, ok := w.found[token]
	if !ok {
		w.t.Fatalf("the lookup of %s from N%s did not end", w.space.Format(key), w.space.Format(p.self.ID))
	}
	return l
}

// numbers writes Refs as their identifiers.
func (w *web) numbers(refs []Ref) string {
	s := ""
	for i, r := range refs {
		if i > 0 {
			s += " "
		}
		if r.IsZero() {
			s += "-"
		} else {
			s += w.space.Format(r.ID)
		}
	}
	return s
}

// forwards are those whom a lookup was forwarded to by the published
// convention: everyone who was asked, without the origin and without the owner.
func (w *web) forwards(l Lookup) string {
	var refs []Ref
	for _, h := range l.Steps[1:] {
		refs = append(refs, h.At)
	}
	return w.numbers(refs)
}

// distinct returns n different random identifiers.
func distinct(rng *rand.Rand, space ring.Space, n int) []ring.ID {
	seen := make(map[ring.ID]bool)
	var out []ring.ID
	for len(out) < n {
		if id := space.Hash(fmt.Append(nil, rng.Uint64())); !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
