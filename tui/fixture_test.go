package tui

import (
	"fmt"
	"slices"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// paperRing is the ten-node ring of the ToN paper's figures 3 and 4, m = 6.
var paperRing = []uint64{1, 8, 14, 21, 32, 38, 42, 48, 51, 56}

// world builds Pictures for tests: which peers there are and in what state,
// from which every pointer and verdict follows.
type world struct {
	space   ring.Space
	listLen int
	peers   []observe.Peer
}

// newWorld returns a ring of members with these identifiers.
func newWorld(bits, listLen int, ids ...uint64) *world {
	w := &world{space: ring.MustSpace(bits), listLen: listLen}
	slices.Sort(ids)
	for _, v := range slices.Compact(ids) {
		w.add(ring.FromUint64(v))
	}
	return w
}

// add makes one more member.
func (w *world) add(id ring.ID) {
	w.peers = append(w.peers, observe.Peer{
		ID: id, Name: "N" + w.space.Format(id),
		Addr:  fmt.Sprintf("127.0.0.1:%d", 4000+len(w.peers)),
		State: observe.StateMember, Links: 7, Sent: 1204, Received: 1190, BytesOut: 48_000, BytesIn: 47_000, MessageRate: 12, ByteRate: 1400,
	})
	slices.SortFunc(w.peers, func(a, b observe.Peer) int { return a.ID.Compare(b.ID) })
}

// spread returns n identifiers that look as if they were hashed.
func spread(bits, n int) []uint64 {
	space := ring.MustSpace(bits)
	var ids []uint64
	for i := 0; len(ids) < n; i++ {
		v, _ := space.Hash([]byte(fmt.Sprintf("127.0.0.1:%d", 4000+i))).Uint64()
		if !slices.Contains(ids, v) {
			ids = append(ids, v)
		}
	}
	return ids
}

// set puts peers, by their rank, into a state since the time at.
func (w *world) set(state observe.State, at time.Duration, ranks ...int) *world {
	for _, i := range ranks {
		w.peers[i].State, w.peers[i].Since = state, at
	}
	return w
}

// after returns the first peer from id on, clockwise, that ok accepts.
func (w *world) after(id ring.ID, ok func(*observe.Peer) bool) *observe.Peer {
	i, _ := slices.BinarySearchFunc(w.peers, id, func(p observe.Peer, id ring.ID) int { return p.ID.Compare(id) })
	for k := range w.peers {
		if p := &w.peers[(i+k)%len(w.peers)]; ok(p) {
			return p
		}
	}
	return &w.peers[0]
}

// member accepts those that count now; known also those that the others have
// not yet noticed to be dead.
func member(p *observe.Peer) bool { return p.State.Live() }
func known(p *observe.Peer) bool  { return p.State != observe.StateJoining }

func (w *world) pointer(believed, want *observe.Peer) observe.Pointer {
	v := observe.Right
	switch {
	case !believed.State.Live():
		v = observe.Dead
	case believed != want:
		v = observe.Stale
	}
	return observe.Pointer{
		ID: believed.ID, Name: believed.Name, Addr: believed.Addr, Verdict: v,
		Want: want.ID, WantName: want.Name, HasWant: true,
	}
}

// picture returns what the screen would be told of this world, at 20 seconds.
// Peers believe in whom they knew before anybody died.
func (w *world) picture() *observe.Picture {
	pic := &observe.Picture{
		Version: 1, At: 20 * time.Second, Space: w.space, ListLen: w.listLen, Protocol: "corrected",
		Registry:    observe.RegistryState{Addr: "127.0.0.1:4100", Up: true, Peers: len(w.peers)},
		MessageRate: 42,
	}
	one := ring.FromUint64(1)
	for i := range w.peers {
		p := w.peers[i]
		for at, j := w.space.Add(p.ID, one), 0; j < w.listLen; j++ {
			s := w.pointer(w.after(at, known), w.after(at, member))
			if s.ID == p.ID && j > 0 {
				break
			}
			p.Successors = append(p.Successors, s)
			at = w.space.Add(s.ID, one)
		}
		for f := 1; f <= w.space.Bits(); f++ {
			start := w.space.FingerStart(p.ID, f)
			end := p.ID
			if f < w.space.Bits() {
				end = w.space.FingerStart(p.ID, f+1)
			}
			p.Fingers = append(p.Fingers, observe.Finger{
				Pointer: w.pointer(w.after(start, known), w.after(start, member)),
				Index:   f, Start: start, Interval: ring.ClosedOpen(start, end),
			})
		}
		n := len(w.peers)
		before := &w.peers[(i+n-1)%n]
		p.Predecessor = w.pointer(before, before)
		if p.State == observe.StateJoining {
			p.Fingers, p.Predecessor = nil, observe.Pointer{}
		}
		pic.Peers = append(pic.Peers, p)
	}
	w.health(pic)
	return pic
}

func (w *world) health(pic *observe.Picture) {
	h := &pic.Health
	for i := range pic.Peers {
		p := &pic.Peers[i]
		switch {
		case p.State.Live():
			h.Live++
		case p.State == observe.StateJoining:
			h.Joining++
		}
		if p.State.Live() && p.Successors[0].Verdict != observe.Right {
			h.WrongSuccessors++
			h.Why = fmt.Sprintf("%s.successor is %s, should be %s", p.Name, p.Successors[0].Name, p.Successors[0].WantName)
		}
	}
	h.Rings, h.Windings = 1, 1
	h.Valid = h.Live > 0
	h.Stable = h.WrongSuccessors == 0 && h.Joining == 0
	h.Guaranteed = h.Live >= w.listLen+2
}

// paperLookup is the lookup of the paper's figure 4: K54 from N8.
func paperLookup() observe.Lookup {
	id := ring.FromUint64
	return observe.Lookup{
		Number: 1, Key: id(54), KeyName: "K54", Origin: id(8), Took: 3400 * time.Microsecond, Done: true,
		Owner: id(56), OwnerName: "N56", Hops: 3,
		Path: []ring.ID{id(8), id(42), id(51), id(56)}, PathNames: []string{"N8", "N42", "N51", "N56"},
		Steps: []observe.Step{
			{At: id(8), AtName: "N8", Next: id(42), NextName: "N42", HasNext: true, Why: "closest preceding of 54 in my table: finger[6] = N42"},
			{At: id(42), AtName: "N42", Next: id(48), NextName: "N48", HasNext: true, Timeout: true, Why: "N48 did not answer within 500ms"},
			{At: id(42), AtName: "N42", Next: id(51), NextName: "N51", HasNext: true, Why: "closest preceding of 54 in my table: finger[4] = N51"},
			{At: id(51), AtName: "N51", Next: id(56), NextName: "N56", HasNext: true, Why: "54 in (51, 56]: owner is my successor N56"},
		},
	}
}

// someEvents are events of every level.
func someEvents() []observe.Event {
	id := ring.FromUint64
	return []observe.Event{
		{At: 12100 * time.Millisecond, Peer: "N26", ID: id(26), Kind: "join", Text: "joins through N8"},
		{At: 12400 * time.Millisecond, Peer: "N26", ID: id(26), Kind: "successor", Text: "successor is N32 now", Level: observe.Good},
		{At: 14200 * time.Millisecond, Peer: "N42", ID: id(42), Kind: "suspected", Text: "suspects N48: connection lost", Level: observe.Warning},
		{At: 14300 * time.Millisecond, Peer: "N42", ID: id(42), Kind: "dead", Text: "N48 is dead: its port refuses", Level: observe.Bad},
		{At: 14900 * time.Millisecond, Peer: "N42", ID: id(42), Kind: "successor", Text: "successor N48 -> N51", Level: observe.Good},
	}
}

// paperPicture is the paper's ring with its lookup and some events.
func paperPicture() *observe.Picture {
	pic := newWorld(6, 3, paperRing...).picture()
	pic.Lookups = []observe.Lookup{paperLookup()}
	pic.LookupStats = statsOf(pic.Lookups)
	pic.Events = someEvents()
	return pic
}

// brokenPicture is a ring of 24 peers of which every third has just died.
func brokenPicture() *observe.Picture {
	w := newWorld(16, 4, spread(16, 24)...)
	for i := 1; i < 24; i += 3 {
		w.set(observe.StateDead, 19*time.Second, i)
	}
	w.set(observe.StateSilent, 0, 5).set(observe.StateLeaving, 0, 11).set(observe.StateJoining, 0, 15)
	pic := w.picture()
	pic.Events = someEvents()
	return pic
}
