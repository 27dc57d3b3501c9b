package chord

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"chordscope/node/ring"
	"chordscope/node/store"
)

// FuzzStep gives a peer any sequence of commands, messages, answers and losses,
// also such as no sane peer would send: identifiers outside the ring, our own
// name, made-up answers. Whatever comes, the peer does not panic, keeps a well
// formed table, and asks for well formed effects.
func FuzzStep(f *testing.F) {
	f.Add([]byte{})
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		b := make([]byte, 600)
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) { stepThrough(t, data) })
}

// TestStep_ManyRandomSequences is the same with random bytes, so that the
// ordinary tests try more than the seeds.
func TestStep_ManyRandomSequences(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	b := make([]byte, 1500)
	for range 1500 {
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		stepThrough(t, b)
	}
}

// bytesIn reads random choices from fuzz data; past its end all are zero.
type bytesIn []byte

func (b *bytesIn) n(max int) int {
	if len(*b) == 0 {
		return 0
	}
	v := int((*b)[0]) % max
	*b = (*b)[1:]
	return v
}

func (b *bytesIn) ref() Ref {
	id := b.n(80) // the ring has 64
	if id == 79 {
		return Ref{}
	}
	addr := fmt.Sprintf("n%d", id)
	if b.n(16) == 0 {
		addr = fmt.Sprintf("n%d", b.n(16))
	}
	return Ref{ID: ring.FromUint64(uint64(id)), Addr: addr, Inc: uint64(b.n(8) / 6)}
}

func (b *bytesIn) refs() []Ref {
	var out []Ref
	for range b.n(6) {
		out = append(out, b.ref())
	}
	return out
}

func (b *bytesIn) key() ring.ID { return ring.FromUint64(uint64(b.n(70))) }

func (b *bytesIn) rule() Rule {
	return Rule{Kind: RuleKind(b.n(10)), Index: b.n(9) - 1, Next: b.ref(), Interval: ring.Open(b.key(), b.key())}
}

func (b *bytesIn) body() Body {
	switch b.n(20) {
	case 0:
		return Ping{}
	case 1:
		return Ack{}
	case 2:
		return GetState{Fingers: b.n(2) == 0}
	case 3:
		return State{Predecessor: b.ref(), Successors: b.refs(), Fingers: b.refs()}
	case 4:
		return NextHop{Key: b.key(), Avoid: []string{b.ref().Addr}}
	case 5:
		return Hop{Rule: b.rule()}
	case 6:
		return Owns{Key: b.key(), Avoid: []string{b.ref().Addr}}
	case 7:
		return Ownership{Yes: b.n(2) == 0, Predecessor: b.ref()}
	case 8:
		return FindOwner{Key: b.key(), TTL: b.n(70) - 2}
	case 9:
		return Found{Owner: b.ref(), Predecessor: b.ref(), Hops: []HopTaken{{At: b.ref(), Rule: b.rule(), Failed: Failure(b.n(5))}}}
	case 10:
		return Notify{}
	case 11:
		return Hint{Candidate: b.ref()}
	case 12:
		return Leaving{Predecessor: b.ref(), Successors: b.refs(), Whole: b.n(2) == 0}
	case 13, 14, 15, 16, 17, 18:
		return b.dataBody()
	}
	return Refusal{Code: Code(b.n(8))}
}

func (b *bytesIn) dataBody() Body {
	switch b.n(14) {
	case 0:
		return Read{Key: b.dataKey()}
	case 1:
		return Write{Key: b.dataKey(), Value: []byte{byte(b.n(256))}, Delete: b.n(4) == 0, Tag: uint64(1 + b.n(4))}
	case 2:
		return b.datum()
	case 3:
		c := Compare{Range: b.stretch(), Claim: b.n(2) == 0, InStep: b.n(2) == 0, Inherit: b.n(2) == 0}
		c.Digest.Count = uint64(b.n(3))
		return c
	case 4:
		return b.compared()
	case 5:
		return List{Range: b.stretch(), Begun: b.n(2) == 0, After: b.dataKey(), Values: b.n(2) == 0}
	case 6:
		return Fetch{Keys: []store.Key{b.dataKey(), b.dataKey()}}
	case 7:
		return b.listing()
	case 8:
		return Store{Items: b.items(), Why: Cause(b.n(20))}
	case 9:
		return b.stored()
	case 10:
		return Cover{Range: b.stretch()}
	case 11:
		return Coverage{Yes: b.n(2) == 0, Keep: b.n(2) == 0, Predecessor: b.ref()}
	case 12:
		return Collect{Keys: []store.Key{b.dataKey(), b.dataKey()}, Versions: []store.Version{b.version()}}
	}
	return []Body{Departing{}, Surplus{Range: b.stretch()}}[b.n(2)]
}

func (b *bytesIn) stretch() ring.Interval { return ring.OpenClosed(b.key(), b.key()) }

func (b *bytesIn) dataKey() store.Key {
	k := store.Key{ID: ring.FromUint64(uint64(b.n(64)))}
	if b.n(2) == 0 {
		k.Name = string(rune('a' + b.n(3))) // that it stands at its hash is checked where it comes in
	}
	return k
}

func (b *bytesIn) version() store.Version {
	return store.Version{Counter: uint64(b.n(5)), Node: b.key(), Inc: uint64(b.n(2))}
}

func (b *bytesIn) items() []store.Item {
	var out []store.Item
	for range b.n(5) {
		it := store.Item{Key: b.dataKey(), Version: b.version(), Tag: uint64(b.n(4)), Deleted: b.n(4) == 0}
		if !it.Deleted {
			it.Value = []byte("v")
		}
		out = append(out, it)
	}
	return out
}

func (b *bytesIn) datum() Datum {
	d := Datum{Existed: b.n(2) == 0, Copies: b.n(5), Predecessor: b.ref()}
	if items := b.items(); len(items) > 0 {
		d.Item = items[0]
	}
	return d
}

func (b *bytesIn) compared() Compared {
	c := Compared{Same: b.n(2) == 0, Whole: b.n(2) == 0}
	c.Digest.Count = uint64(b.n(3))
	for range b.n(4) {
		c.Parts = append(c.Parts, store.Part{To: b.key()})
	}
	return c
}

func (b *bytesIn) listing() Listing {
	return Listing{Items: b.items(), More: b.n(2) == 0, Whole: b.n(2) == 0}
}

func (b *bytesIn) stored() Stored {
	var s Stored
	for range b.n(3) {
		s.Versions = append(s.Versions, b.version())
	}
	return s
}

// fitting is an answer of the kind that was asked for.
func (b *bytesIn) fitting(req Body) Body {
	switch req.(type) {
	case GetState:
		return State{Predecessor: b.ref(), Successors: b.refs(), Fingers: b.refs()}
	case NextHop:
		return Hop{Rule: b.rule()}
	case Owns:
		return Ownership{Yes: b.n(2) == 0, Predecessor: b.ref()}
	case FindOwner:
		return Found{Owner: b.ref(), Predecessor: b.ref()}
	case Read, Write:
		return b.datum()
	case Compare:
		return b.compared()
	case List, Fetch:
		return b.listing()
	case Store:
		return b.stored()
	case Cover:
		return Coverage{Yes: b.n(2) == 0, Keep: b.n(2) == 0, Predecessor: b.ref()}
	}
	return Ack{}
}

func (b *bytesIn) input(p *Peer) Input {
	switch x := b.n(24); x {
	case 23:
		return Poison{Index: b.n(9) - 1, Peer: b.ref()}
	case 20:
		return Put{Token: 1, Key: b.dataKey(), Value: []byte{byte(b.n(256))}}
	case 21:
		return Get{Token: 2, Key: b.dataKey()}
	case 22:
		return Delete{Token: 3, Key: b.dataKey()}
	case 0:
		return Create{}
	case 1:
		return Join{Seeds: b.refs()}
	case 2:
		if b.n(8) == 0 {
			return Leave{}
		}
		return Wake{}
	case 3:
		return Find{Key: b.key(), Recursive: b.n(2) == 0}
	case 4:
		return Known{Peers: b.refs()}
	case 5:
		return Lost{Addr: b.ref().Addr, Refused: b.n(3) > 0}
	case 6:
		return Run{Task: Task(b.n(8))}
	case 7:
		return []Input{Pause{}, Resume{}}[b.n(2)]
	case 8, 9, 10, 11, 12:
		return Receive{From: b.ref(), Request: uint64(b.n(3)), Body: b.body()}
	case 13:
		return Receive{From: b.ref(), Answer: uint64(b.n(30)), Body: b.body()}
	}
	for id := p.nextRequest; id > 0 && id+12 > p.nextRequest; id-- { // answer or fail one that is open
		if c := p.calls[id]; c != nil && b.n(3) > 0 {
			if b.n(6) == 0 {
				return Lost{Addr: c.to.Addr, Refused: b.n(3) > 0}
			}
			return Receive{From: c.to, Answer: id, Body: b.fitting(c.body)}
		}
	}
	return Wake{}
}

func stepThrough(t *testing.T, data []byte) {
	in := bytesIn(data)
	self := Ref{ID: ring.FromUint64(8), Addr: "n8", Inc: 1}
	cfg := Default(self, ring.MustSpace(6))
	cfg.Successors = 1 + in.n(4)
	cfg.Replicas = 1 + in.n(cfg.Successors)
	cfg.Original, cfg.Merge = in.n(8) == 0, in.n(2) == 0
	p, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Second
	for len(in) > 0 {
		now += time.Duration(in.n(256)) * time.Millisecond
		what := in.input(p)
		fx := p.Step(now, what)
		if err := wellFormed(p, fx); err != nil {
			t.Fatalf("after %#v: %v\nlist %s", what, err, names(p.succs))
		}
	}
}

// wellFormed checks what holds after every step of any peer.
func wellFormed(p *Peer, fx *Effects) error {
	switch {
	case fx.WakeAt != 0 && fx.WakeAt <= p.now:
		return fmt.Errorf("wakes at %v, which is not after %v", fx.WakeAt, p.now)
	case len(fx.Sends) > 1000 || len(fx.Events) > 1000:
		return fmt.Errorf("%d messages and %d events in one step", len(fx.Sends), len(fx.Events))
	case len(p.book.order) > bookSize || len(p.book.order) != len(p.book.byAddr):
		return fmt.Errorf("%d peers remembered in order, %d by address", len(p.book.order), len(p.book.byAddr))
	}
	for _, m := range fx.Sends {
		if m.To.IsZero() || m.To.Addr == p.self.Addr || m.Body == nil || m.Request > 0 && m.Answer > 0 {
			return fmt.Errorf("sends %#v", m)
		}
	}
	for _, i := range fx.Changes.Fingers {
		if i < 1 || i > len(p.fingers) {
			return fmt.Errorf("says that finger %d changed", i)
		}
	}
	for _, l := range fx.Lookups {
		if (l.Failed == "") == l.Owner.IsZero() || len(l.Path) == 0 {
			return fmt.Errorf("lookup %+v", l)
		}
	}
	for _, a := range fx.Accesses {
		if a.Op == 0 || (a.Code == CodeUnknown) != (a.Failed == "") {
			return fmt.Errorf("access %+v", a)
		}
	}
	d := &p.data
	if own, ok := p.own(); ok && d.syncing == p.ownSettled(own) {
		return fmt.Errorf("syncing is %v, the own range (%s, %s] is settled: %v", d.syncing, num(own.From), num(own.To), p.ownSettled(own))
	}
	if len(d.claims) > maxClaims || d.writes < 0 || d.covers < 0 || d.covers > maxCovers {
		return fmt.Errorf("%d claims, %d writes, %d covers", len(d.claims), d.writes, d.covers)
	}
	return tableWellFormed(p)
}

func tableWellFormed(p *Peer) error {
	for i, f := range p.fingers {
		if !p.space.Contains(f.ID) {
			return fmt.Errorf("finger %d is outside the ring", i+1)
		}
	}
	if !p.space.Contains(p.pred.ID) || p.pred.ID == p.self.ID && !p.pred.IsZero() {
		return fmt.Errorf("the predecessor is %s", name(p.pred))
	}
	if p.cfg.Original { // its lists mix what they find
		if slices.ContainsFunc(p.succs, func(r Ref) bool { return r != p.self && !p.another(r) }) {
			return fmt.Errorf("the list names somebody who is no peer")
		}
		return nil
	}
	if len(p.succs) > p.cfg.Successors {
		return fmt.Errorf("%d successors, r = %d", len(p.succs), p.cfg.Successors)
	}
	var last ring.ID
	for i, s := range p.succs {
		d := p.space.Distance(p.self.ID, s.ID)
		if s.IsZero() || s.Addr == p.self.Addr || !p.space.Contains(s.ID) || !last.Less(d) || slices.Contains(p.succs[:i], s) {
			return fmt.Errorf("entry %d of the list is %s", i+1, name(s))
		}
		last = d
	}
	return nil
}
