package observe

import (
	"strings"
	"testing"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

func TestIdealRing(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	pic := s.Picture()
	if h := pic.Health; !h.Stable || !h.Valid || h.Live != 10 || h.Rings != 1 || h.Windings != 1 || h.Appendages != 0 ||
		h.Principals != 10 || !h.Guaranteed || h.Why != "" {
		t.Errorf("health %+v", h)
	}
	for _, p := range pic.Peers {
		for _, ptr := range pointers(&p) {
			if ptr.Verdict != Right || !ptr.HasWant || ptr.Want != ptr.ID || ptr.WantName != ptr.Name {
				t.Errorf("%s: %+v", p.Name, ptr)
			}
		}
	}
	n8 := s.peer(8)
	if f := n8.Fingers[5]; f.Name != "N42" || f.Index != 6 || f.Start != ring.FromUint64(40) ||
		f.Interval != ring.ClosedOpen(ring.FromUint64(40), ring.FromUint64(8)) {
		t.Errorf("finger[6] of N8: %+v", f)
	}
	if f := n8.Fingers[3]; f.Interval != ring.ClosedOpen(ring.FromUint64(16), ring.FromUint64(24)) {
		t.Errorf("finger[4] of N8: %+v", f)
	}
}

func pointers(p *Peer) []Pointer {
	out := append([]Pointer{p.Predecessor}, p.Successors...)
	for _, f := range p.Fingers {
		out = append(out, f.Pointer)
	}
	return out
}

// Each kind of wrong pointer, at N8 of the papers' ring.
func TestVerdicts(t *testing.T) {
	reborn := ref(42)
	reborn.Inc = 2
	former := ref(42)
	for _, tc := range []struct {
		name    string
		prepare func(s *scene)
		edit    func(n8 *chord.Snapshot)
		get     func(*Peer) Pointer
		verdict Verdict
		ptr     string // its name
		want    string
		wrong   string // the count of Health that goes up
	}{
		{"predecessor behind", nil, func(n *chord.Snapshot) { n.Predecessor = ref(56) },
			func(p *Peer) Pointer { return p.Predecessor }, Stale, "N56", "N1", "predecessors"},
		{"no predecessor", nil, func(n *chord.Snapshot) { n.Predecessor = chord.Ref{} },
			func(p *Peer) Pointer { return p.Predecessor }, None, "", "N1", "predecessors"},
		{"nobody has ever been there", nil, func(n *chord.Snapshot) { n.Successors[0] = ref(13) },
			func(p *Peer) Pointer { return p.Successors[0] }, Dead, "N13", "N14", "successors"},
		{"list in the wrong place", nil, func(n *chord.Snapshot) { n.Successors[2] = ref(38) },
			func(p *Peer) Pointer { return p.Successors[2] }, Stale, "N38", "N32", "lists"},
		{"finger unknown", nil, func(n *chord.Snapshot) { n.Fingers[3] = chord.Ref{} },
			func(p *Peer) Pointer { return p.Fingers[3].Pointer }, None, "", "N21", "fingers"},
		{"finger at a crashed peer", func(s *scene) { s.Gone(ref(42), StateDead) }, nil,
			func(p *Peer) Pointer { return p.Fingers[5].Pointer }, Dead, "N42", "N48", "fingers"},
		{"finger at a silent peer", func(s *scene) { s.Gone(ref(42), StateSilent) }, nil,
			func(p *Peer) Pointer { return p.Fingers[5].Pointer }, Dead, "N42", "N48", "fingers"},
		{"finger at a leaving peer", func(s *scene) {
			s.Apply(Update{Self: ref(42), Snapshot: &chord.Snapshot{Self: ref(42), Status: chord.StatusLeaving, Fingers: make([]chord.Ref, 6)}})
		}, nil, func(p *Peer) Pointer { return p.Fingers[5].Pointer }, Stale, "N42", "N48", "fingers"},
		{"finger at a former life", func(s *scene) {
			snap := *ideal(s.cfg.Space, 3, refs(1, 8, 14, 21, 32, 38, 42, 48, 51, 56))[6]
			snap.Self = reborn
			s.show(&snap)
		}, func(n *chord.Snapshot) { n.Fingers[5] = former },
			func(p *Peer) Pointer { return p.Fingers[5].Pointer }, Dead, "N42", "N42", "fingers"},
		{"successor at a joining peer", func(s *scene) {
			s.Apply(Update{Self: ref(10), Snapshot: &chord.Snapshot{Self: ref(10), Status: chord.StatusJoining, Fingers: make([]chord.Ref, 6)}})
		}, func(n *chord.Snapshot) { n.Successors[0], n.Fingers[0] = ref(10), ref(10) },
			func(p *Peer) Pointer { return p.Fingers[0].Pointer }, Stale, "N10", "N14", "successors"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newScene(t, 6, 3)
			n8 := s.paper()[8]
			if tc.prepare != nil {
				tc.prepare(s)
			}
			if tc.edit != nil {
				tc.edit(n8)
				s.show(n8)
			}
			ptr := tc.get(s.peer(8))
			if ptr.Verdict != tc.verdict || ptr.Name != tc.ptr || ptr.WantName != tc.want || !ptr.HasWant {
				t.Errorf("%+v, want %v at %q, should be %s", ptr, tc.verdict, tc.ptr, tc.want)
			}
			h := s.Picture().Health
			wrong := map[string]int{"successors": h.WrongSuccessors, "predecessors": h.WrongPredecessors, "lists": h.WrongLists, "fingers": h.WrongFingers}
			if wrong[tc.wrong] == 0 || h.Stable || h.Why == "" {
				t.Errorf("health %+v, want wrong %s", h, tc.wrong)
			}
		})
	}
}

// A peer that is no member has beliefs, but there is no truth to hold them to.
func TestPointersOfNonMembers(t *testing.T) {
	s := newScene(t, 6, 3)
	n8 := s.paper()[8]
	n8.Status = chord.StatusLeaving
	n8.Fingers[5] = ref(13)
	s.show(n8)
	p := s.peer(8)
	if ptr := p.Predecessor; ptr.Verdict != Right || ptr.HasWant || ptr.WantName != "" {
		t.Errorf("predecessor of a leaver: %+v", ptr)
	}
	if ptr := p.Fingers[5]; ptr.Verdict != Dead || ptr.HasWant {
		t.Errorf("finger of a leaver at nobody: %+v", ptr)
	}
}

// A lone peer is right as it is, in the notation of either protocol.
func TestLonePeer(t *testing.T) {
	for name, edit := range map[string]func(*chord.Snapshot){
		"corrected": func(s *chord.Snapshot) { s.Predecessor = chord.Ref{} },
		"original":  func(s *chord.Snapshot) { s.Successors = refs(8) },
	} {
		s := newScene(t, 6, 3)
		snap := ideal(s.cfg.Space, 3, refs(8))[0]
		edit(snap)
		s.show(snap)
		pic := s.Picture()
		if h := pic.Health; !h.Stable || h.Live != 1 || h.Rings != 1 || h.Guaranteed {
			t.Errorf("%s: health %+v", name, h)
		}
		for _, f := range pic.Peers[0].Fingers {
			if f.Verdict != Right || f.Name != "N8" {
				t.Errorf("%s: %+v", name, f)
			}
		}
		for _, ptr := range pic.Peers[0].Successors {
			if ptr.Verdict != Right {
				t.Errorf("%s: successor %+v", name, ptr)
			}
		}
	}
}

// Two rings, an appendage and a ring that winds twice, told apart.
func TestHealthOfBrokenRings(t *testing.T) {
	for _, tc := range []struct {
		name                        string
		next                        map[uint64]uint64 // first successors
		rings, windings, appendages int
		why                         string
	}{
		{"two rings", map[uint64]uint64{1: 21, 21: 1, 8: 42, 42: 8}, 2, 1, 0, "2 rings"},
		{"winding twice", map[uint64]uint64{1: 21, 21: 8, 8: 42, 42: 1}, 1, 2, 0, "2 times"},
		{"appendage", map[uint64]uint64{1: 21, 21: 42, 42: 1, 8: 21}, 1, 1, 1, "successor of N1"},
	} {
		s := newScene(t, 6, 1)
		for _, snap := range ideal(s.cfg.Space, 1, refs(1, 8, 21, 42)) {
			id, _ := snap.Self.ID.Uint64()
			snap.Successors = refs(tc.next[id])
			s.show(snap)
		}
		h := s.Picture().Health
		if h.Rings != tc.rings || h.Windings != tc.windings || h.Appendages != tc.appendages || h.Stable || !strings.Contains(h.Why, tc.why) {
			t.Errorf("%s: %+v", tc.name, h)
		}
	}
}
