package scenarios

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// ideal is a System whose ring is at every moment what the oracle says, so a
// true claim holds on it and a false one does not. Its clock moves only where
// a command takes time. Tests make it go wrong through its fields.
type ideal struct {
	pending []func(*ideal)         // changes to come, one for each tick of a wait
	spoil   func(*observe.Picture) // alters every picture
	fail    map[string]error       // by method
	onCall  func(name string)      // told of each call of a method that takes time
	onLoad  func([]LoadPut)        // told of each load
	started Settings               // what Start was given
	starts  int
	closed  int
	faults  idealFaults

	mu     sync.Mutex
	oracle oracle
	data   map[store.Key]*idealDatum
	space  ring.Space
	gone   map[uint64]observe.State
	at     time.Duration
	sent   uint64
	joined int      // hashed so far
	via    *ring.ID // of the last Join
}

const (
	idealTick     = 10 * time.Millisecond
	idealPerEvent = 100 // messages of a command
)

func newIdeal() *ideal {
	return &ideal{gone: make(map[uint64]observe.State), data: make(map[store.Key]*idealDatum)}
}

func (s *ideal) call(ctx context.Context, name string) error {
	if s.onCall != nil {
		s.onCall(name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at += idealTick
	return errors.Join(s.fail[name], ctx.Err())
}

func (s *ideal) NumberFingers(bool) {}

func (s *ideal) Driver() string { return "ideal" }

func (s *ideal) Start(ctx context.Context, set Settings) error {
	s.started, s.starts = set, s.starts+1
	s.space = ring.MustSpace(set.Bits)
	s.oracle = oracle{bits: set.Bits, listLen: set.Successors, replicas: set.Replicas}
	return errors.Join(s.fail["Start"], ctx.Err())
}

func (s *ideal) Join(ctx context.Context, ids []ring.ID, via *ring.ID) error {
	s.via = via
	if err := s.call(ctx, "Join"); err != nil {
		return err
	}
	for _, id := range ids {
		s.add(plain(id))
	}
	return nil
}

func (s *ideal) JoinHashed(ctx context.Context, n int) ([]ring.ID, error) {
	if err := s.call(ctx, "JoinHashed"); err != nil {
		return nil, err
	}
	var ids []ring.ID
	for len(ids) < n {
		s.joined++
		id := s.space.Hash(fmt.Appendf(nil, "127.0.0.1:%d", 4000+s.joined))
		if !slices.Contains(s.oracle.ids, plain(id)) {
			s.add(plain(id))
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (s *ideal) Leave(ctx context.Context, ids []ring.ID) error {
	err := s.call(ctx, "Leave")
	s.remove(ids, observe.StateLeft)
	return err
}

func (s *ideal) Kill(ctx context.Context, ids []ring.ID) error {
	err := s.call(ctx, "Kill")
	s.remove(ids, observe.StateDead)
	return err
}

func (s *ideal) add(id uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.gone, id)
	s.oracle.ids = append(s.oracle.ids, id)
	slices.Sort(s.oracle.ids)
	s.sent += idealPerEvent
}

func (s *ideal) remove(ids []ring.ID, why observe.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lose(ids, why)
	for _, id := range ids {
		s.gone[plain(id)] = why
		s.oracle.ids = slices.DeleteFunc(s.oracle.ids, func(x uint64) bool { return x == plain(id) })
	}
	s.sent += idealPerEvent
}

func (s *ideal) Lookup(ctx context.Context, from, key ring.ID, recursive bool) (observe.Lookup, error) {
	if err := s.call(ctx, "Lookup"); err != nil {
		return observe.Lookup{}, err
	}
	l := s.lookup(from, key)
	l.Recursive = recursive
	if err := s.fail["lookup outcome"]; err != nil {
		l.Failed, l.OwnerName, l.Hops = err.Error(), "", 0
	}
	return l, nil
}

func (s *ideal) lookup(from, key ring.ID) observe.Lookup {
	l := observe.Lookup{
		Key: key, KeyName: "K" + s.space.Format(key), Origin: from, Took: 3 * time.Millisecond, Done: true,
	}
	for _, id := range s.oracle.path(plain(from), plain(key)) {
		l.Path = append(l.Path, ring.FromUint64(id))
		l.PathNames = append(l.PathNames, s.name(id))
	}
	l.Owner, l.OwnerName = l.Path[len(l.Path)-1], l.PathNames[len(l.Path)-1]
	l.Hops = len(l.Path) - 1
	for i := range l.Hops {
		l.Steps = append(l.Steps, observe.Step{AtName: l.PathNames[i], NextName: l.PathNames[i+1], HasNext: true, Why: "because of the oracle"})
	}
	return l
}

func (s *ideal) WaitFor(ctx context.Context, within time.Duration, cond func(*observe.Picture) bool) (bool, error) {
	if err := s.call(ctx, "WaitFor"); err != nil {
		return false, err
	}
	for end := s.at + within; ; {
		switch {
		case ctx.Err() != nil:
			return false, ctx.Err()
		case cond(s.Picture()):
			return true, nil
		case s.at >= end:
			return false, nil
		case len(s.pending) == 0:
			s.at = end
		default:
			s.at += idealTick
			s.pending[0](s)
			s.pending = s.pending[1:]
		}
	}
}

func (s *ideal) Sleep(ctx context.Context, d time.Duration) error {
	if err := s.call(ctx, "Sleep"); err != nil {
		return err
	}
	_, err := s.WaitFor(ctx, d, func(*observe.Picture) bool { return false })
	return err
}

func (s *ideal) Changed() <-chan struct{} { return nil }

func (s *ideal) Now() time.Duration { return s.Picture().At }

func (s *ideal) Close() error {
	s.closed++
	return s.fail["Close"]
}

func (s *ideal) Picture() *observe.Picture {
	s.mu.Lock()
	defer s.mu.Unlock()
	pic := &observe.Picture{At: s.at, Space: s.space, Messages: s.sent}
	for _, id := range s.oracle.ids {
		pic.Peers = append(pic.Peers, s.peer(id))
	}
	for id, why := range s.gone {
		pic.Peers = append(pic.Peers, observe.Peer{ID: ring.FromUint64(id), Name: s.name(id), State: why})
	}
	slices.SortFunc(pic.Peers, func(a, b observe.Peer) int { return a.ID.Compare(b.ID) })
	n := len(s.oracle.ids)
	s.showData(pic)
	pic.Health = observe.Health{Live: n, Stable: n > 0, Valid: n > 0, Rings: min(n, 1)}
	s.showFaults(pic)
	if s.spoil != nil {
		s.spoil(pic)
	}
	return pic
}

func (s *ideal) peer(id uint64) observe.Peer {
	o := s.oracle
	p := observe.Peer{ID: ring.FromUint64(id), Name: s.name(id), State: observe.StateMember}
	if len(o.ids) > 1 { // a lone peer has no predecessor pointer
		p.Predecessor = s.pointer(o.predecessor(id))
	}
	for _, x := range o.successors(id) {
		p.Successors = append(p.Successors, s.pointer(x))
	}
	for i := 1; i <= o.bits; i++ {
		p.Fingers = append(p.Fingers, observe.Finger{Pointer: s.pointer(o.finger(id, i)), Index: i})
	}
	return p
}

func (s *ideal) pointer(id uint64) observe.Pointer {
	return observe.Pointer{ID: ring.FromUint64(id), Name: s.name(id), Verdict: observe.Right}
}

func (s *ideal) name(id uint64) string {
	text := s.space.Format(ring.FromUint64(id))
	return "N" + text[:min(len(text), 10)]
}

func plain(id ring.ID) uint64 {
	v, _ := id.Uint64()
	return v
}

// peerIn returns a peer of a picture, to spoil it.
func peerIn(pic *observe.Picture, id uint64) *observe.Peer {
	for i := range pic.Peers {
		if pic.Peers[i].ID == ring.FromUint64(id) {
			return &pic.Peers[i]
		}
	}
	return &observe.Peer{}
}
