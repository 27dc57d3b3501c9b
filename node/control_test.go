package node

import (
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	"chordscope/node/chord"
	"chordscope/node/codec"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

func freezeAction(r *pb.ControlRequest) { r.Action = &pb.ControlRequest_Freeze{Freeze: &pb.Freeze{}} }
func thawAction(r *pb.ControlRequest)   { r.Action = &pb.ControlRequest_Thaw{Thaw: &pb.Thaw{}} }
func healAction(r *pb.ControlRequest)   { r.Action = &pb.ControlRequest_Heal{Heal: &pb.Heal{}} }

func faultAction(to *Peer, f wire.Fault) func(*pb.ControlRequest) {
	return func(r *pb.ControlRequest) {
		r.Action = &pb.ControlRequest_SetFault{SetFault: &pb.SetFault{Fault: codec.EncodeFault(to.Ref().Addr, f)}}
	}
}

func resetAction(to *Peer) func(*pb.ControlRequest) {
	return func(r *pb.ControlRequest) {
		r.Action = &pb.ControlRequest_ResetLink{ResetLink: &pb.ResetLink{Address: to.Ref().Addr}}
	}
}

func poisonAction(p chord.Poison) func(*pb.ControlRequest) {
	return func(r *pb.ControlRequest) { r.Action = &pb.ControlRequest_Poison{Poison: codec.EncodePoison(p)} }
}

func meetAction(peers ...chord.Ref) func(*pb.ControlRequest) {
	return func(r *pb.ControlRequest) { r.Action = &pb.ControlRequest_Meet{Meet: codec.EncodeMeet(peers)} }
}

// steer has a peer carry out a command.
func steer(t *testing.T, network wire.Network, p *Peer, action func(*pb.ControlRequest)) {
	t.Helper()
	call(t, dial(t, network, p.Ref().Addr), controlRequest(key, action))
}

// A frozen peer says nothing to anybody and obeys nothing but a thaw; then it
// sees to what has arrived meanwhile.
func TestFreeze(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		peers := grow(t, network, 8, 21, 42)
		p := peers[1]
		c := dial(t, network, p.Ref().Addr)
		v := view(t, network, p, 0)
		call(t, c, controlRequest(key, freezeAction))
		call(t, c, controlRequest(key, thawAction))
		call(t, c, controlRequest(key, freezeAction))
		synctest.Wait()
		v.mu.Lock()
		heard := v.seq
		v.mu.Unlock()
		sent := p.hub.Stats().MessagesOut

		if _, err := wire.Dial(t.Context(), network, p.Ref().Addr, wire.ClientHello()); !errors.Is(err, wire.ErrDialTimeout) {
			t.Errorf("dial a frozen peer: %v", err)
		}
		wantErr(t, c, controlRequest(key, pauseAction), wire.ErrUnavailable)
		wantErr(t, c, controlRequest(key, freezeAction), wire.ErrUnavailable)
		wantErr(t, c, controlRequest(nil, thawAction), wire.ErrUnauthorized)
		answered := make(chan error, 1)
		go func() {
			_, err := c.Call(t.Context(), &pb.Envelope_StateRequest{StateRequest: &pb.StateRequest{}})
			answered <- err
		}()
		pass(time.Minute)
		select {
		case err := <-answered:
			t.Fatalf("a frozen peer answered: %v", err)
		default:
		}
		v.mu.Lock()
		if v.seq != heard {
			t.Errorf("a frozen peer told its watcher %d times", v.seq-heard)
		}
		v.mu.Unlock()
		if n := p.hub.Stats().MessagesOut - sent; n != 3 { // the refusals
			t.Errorf("a frozen peer sent %d messages", n)
		}
		awaitIdeal(t, peers[0], peers[2]) // they have closed the gap

		call(t, c, controlRequest(key, thawAction))
		if err := <-answered; err != nil {
			t.Error(err)
		}
		awaitIdeal(t, peers...)
		pass(2 * countEvery)
		v.sees(p)
	})
}

// A frozen peer can be ended.
func TestEndWhileFrozen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		for _, end := range []func(*Peer, *wire.Client){
			func(p *Peer, _ *wire.Client) { p.Close() },
			func(p *Peer, _ *wire.Client) { p.Crash() },
			func(p *Peer, c *wire.Client) {
				if _, err := c.Call(t.Context(), controlRequest(key, crashAction)); !errors.Is(err, wire.ErrBroken) {
					t.Errorf("the answer to Crash is %v, want a broken connection", err)
				}
				<-p.Done()
			},
		} {
			p := enter(t, config(network, 8))
			c := dial(t, network, p.Ref().Addr)
			call(t, c, controlRequest(key, freezeAction))
			ended := make(chan error, 1)
			go func() {
				_, err := p.Lookup(t.Context(), chord.Find{}) // waits in the inbox
				ended <- err
			}()
			synctest.Wait()
			end(p, c)
			if err := <-ended; !errors.Is(err, ErrEnded) {
				t.Errorf("the lookup that waited: %v", err)
			}
		}
	})
}

// Faults are set, told to watchers, and healed; the ring does without the way
// meanwhile.
func TestLinkFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		peers := grow(t, network, 8, 21, 42)
		p, o := peers[0], peers[1]
		c := dial(t, network, p.Ref().Addr)
		v := view(t, network, p, pb.WatchPart_WATCH_PART_STATE)
		slow := wire.Fault{Delay: 20 * time.Millisecond, Jitter: 10 * time.Millisecond, Stall: 0.25}
		call(t, c, controlRequest(key, faultAction(o, wire.Fault{Cut: true})))
		call(t, c, controlRequest(key, faultAction(peers[2], slow)))

		state := call(t, c, &pb.Envelope_StateRequest{StateRequest: &pb.StateRequest{}}).GetPeerState()
		got, err := codec.DecodeFaults(state.GetFaults())
		if err != nil || len(got) != 2 || got[o.Ref().Addr] != (wire.Fault{Cut: true}) || got[peers[2].Ref().Addr] != slow {
			t.Errorf("faults %v, %v", got, err)
		}
		if state.GetPid() != uint32(os.Getpid()) {
			t.Errorf("pid %d", state.GetPid())
		}
		pass(watchEvery)
		synctest.Wait()
		if d := v.lastFaults(); len(d.GetFaults()) != 2 || !proto.Equal(d.GetFaults()[0], state.GetFaults()[0]) {
			t.Errorf("the watcher was told %v", d)
		}
		eventually(t, "N8 has given N21 up", func() bool { return successor(t, p) == peers[2].Ref() })

		call(t, c, controlRequest(key, healAction))
		pass(watchEvery)
		synctest.Wait()
		if d := v.lastFaults(); d == nil || len(d.GetFaults()) != 0 {
			t.Errorf("after heal the watcher was told %v", d)
		}
		awaitIdeal(t, peers...)
		pass(countEvery)
		synctest.Wait()
		v.sees(p)

		for _, bad := range []*pb.LinkFault{
			nil, {Cut: true}, {Address: "a b"}, {Address: "x:1", DelayNanos: uint64(time.Hour)},
			{Address: "x:1", JitterNanos: 1 << 63}, {Address: "x:1", Stall: -1}, {Address: "x:1", Stall: 1.5},
		} {
			wantErr(t, c, controlRequest(key, func(r *pb.ControlRequest) {
				r.Action = &pb.ControlRequest_SetFault{SetFault: &pb.SetFault{Fault: bad}}
			}), wire.ErrMalformed)
		}
	})
}

// lastFaults returns what was told last of link faults, nil if nothing was.
func (v *viewer) lastFaults() *pb.LinkFaults {
	v.mu.Lock()
	defer v.mu.Unlock()
	var last *pb.LinkFaults
	for _, d := range v.deltas {
		if d.GetFaults() != nil {
			last = d.GetFaults()
		}
	}
	return last
}

// A poisoned pointer is seen as such, and mended by ordinary maintenance.
func TestPoison(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		peers := grow(t, network, 1, 8, 14, 21, 32, 42, 56)
		p := peers[1]
		c := dial(t, network, p.Ref().Addr)
		v := view(t, network, p, 0)
		for i, wrong := range map[int]*Peer{1: peers[4], 6: peers[2]} {
			call(t, c, controlRequest(key, pauseAction))
			call(t, c, controlRequest(key, poisonAction(chord.Poison{Index: i, Peer: wrong.Ref()})))
			if s := snapshot(t, p); s.Fingers[i-1] != wrong.Ref() || i == 1 && len(s.Successors) != 1 {
				t.Errorf("finger %d is not poisoned: %+v", i, s)
			}
			call(t, c, controlRequest(key, resumeAction))
			awaitIdeal(t, peers...)
		}
		pass(watchEvery)
		synctest.Wait()
		if n := v.count(chord.EvPoisoned); n != 2 {
			t.Errorf("the watcher saw %d poisonings", n)
		}
		v.sees(p)
		for _, bad := range []*pb.Poison{nil, {Index: 7, Peer: codec.EncodeRef(peers[0].Ref())}, {Index: 2}, {Index: 2, Peer: codec.EncodeRef(p.Ref())}} {
			wantErr(t, c, controlRequest(key, func(r *pb.ControlRequest) { r.Action = &pb.ControlRequest_Poison{Poison: bad} }), wire.ErrMalformed)
		}
		outside := start(t, config(network, 60))
		wantErr(t, dial(t, network, outside.Ref().Addr), controlRequest(key, poisonAction(chord.Poison{Peer: p.Ref()})), wire.ErrNotMember)
	})
}

// Two rings without the placement check stay two, though they could reach each
// other; those that meet and run it by hand become one.
func TestMeet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		var peers []*Peer
		var refs []chord.Ref
		for i, id := range []uint64{1, 21, 42, 8, 32, 56} { // two rings that interleave
			cfg := config(network, id)
			cfg.Chord.Merge = false
			var seeds []chord.Ref
			if i%3 > 0 {
				seeds = refs[i-1 : i]
			}
			peers = append(peers, enter(t, cfg, seeds...))
			refs = append(refs, peers[i].Ref())
		}
		awaitIdeal(t, peers[:3]...)
		awaitIdeal(t, peers[3:]...)
		pass(10 * time.Minute)
		if rep := check(t, peers...); rep.Rings != 2 {
			t.Fatalf("there are %d rings", rep.Rings)
		}
		for _, p := range peers {
			steer(t, network, p, meetAction(refs...))
			steer(t, network, p, runAction(pb.Task_TASK_PLACEMENT))
		}
		awaitIdeal(t, peers...)
		wantErr(t, dial(t, network, refs[0].Addr), controlRequest(key, func(r *pb.ControlRequest) {
			r.Action = &pb.ControlRequest_Meet{Meet: &pb.Meet{Peers: []*pb.PeerRef{{Id: ring.FromUint64(99).AppendBytes(nil), Address: "x:1"}}}}
		}), wire.ErrMalformed)
	})
}
