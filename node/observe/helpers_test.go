package observe

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scene is a Store with a clock in the hands of the test.
type scene struct {
	*Store
	t   *testing.T
	now time.Duration
}

func newScene(t *testing.T, bits, successors int) *scene {
	s := &scene{t: t}
	s.Store = NewStore(Config{
		Space: ring.MustSpace(bits), Successors: successors, Protocol: "corrected",
		Clock: func() time.Duration { return s.now },
	})
	return s
}

// ref is the peer with the identifier id, in its first life.
func ref(id uint64) chord.Ref {
	return chord.Ref{ID: ring.FromUint64(id), Addr: fmt.Sprintf("127.0.0.1:%d", 4000+id), Inc: 1}
}

func refs(ids ...uint64) []chord.Ref {
	out := make([]chord.Ref, len(ids))
	for i, id := range ids {
		out[i] = ref(id)
	}
	return out
}

// ideal returns what the members of a ring believe when nothing is left to
// repair. The peers come in identifier order.
func ideal(space ring.Space, successors int, peers []chord.Ref) []*chord.Snapshot {
	owner := func(key ring.ID) chord.Ref {
		for _, p := range peers {
			if !p.ID.Less(key) {
				return p
			}
		}
		return peers[0]
	}
	var out []*chord.Snapshot
	for i, p := range peers {
		n := len(peers)
		s := &chord.Snapshot{Self: p, Status: chord.StatusMember, Predecessor: peers[(i+n-1)%n]}
		for j := 1; j <= min(successors, n-1); j++ {
			s.Successors = append(s.Successors, peers[(i+j)%n])
		}
		for f := 1; f <= space.Bits(); f++ {
			s.Fingers = append(s.Fingers, owner(space.FingerStart(p.ID, f)))
		}
		out = append(out, s)
	}
	return out
}

// paper shows the Store the ring of the papers and returns what its peers
// believe, to be changed and applied again.
func (s *scene) paper() map[uint64]*chord.Snapshot {
	ids := []uint64{1, 8, 14, 21, 32, 38, 42, 48, 51, 56}
	all := ideal(s.cfg.Space, s.cfg.Successors, refs(ids...))
	byID := make(map[uint64]*chord.Snapshot)
	for i, snap := range all {
		byID[ids[i]] = snap
		s.show(snap)
	}
	return byID
}

// show applies a copy of a snapshot.
func (s *scene) show(snap *chord.Snapshot) {
	c := *snap
	c.Successors, c.Fingers = slices.Clone(snap.Successors), slices.Clone(snap.Fingers)
	s.Apply(Update{Self: c.Self, Snapshot: &c})
}

func (s *scene) tell(self chord.Ref, events ...chord.Event) {
	s.Apply(Update{Self: self, Events: events})
}

// peer returns a peer of the newest Picture.
func (s *scene) peer(id uint64) *Peer {
	s.t.Helper()
	return peerOf(s.t, s.Picture(), ref(id))
}

func peerOf(t *testing.T, pic *Picture, r chord.Ref) *Peer {
	t.Helper()
	for i := range pic.Peers {
		if p := &pic.Peers[i]; p.Addr == r.Addr {
			return p
		}
	}
	t.Fatalf("no peer at %s in the picture", r.Addr)
	return nil
}

// fired reports whether the channel of Changed is closed.
func fired(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
