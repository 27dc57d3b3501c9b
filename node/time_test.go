package node

import (
	"math"
	"testing"
	"testing/synctest"
	"time"

	"chordscope/node/chord"
	"chordscope/node/codec"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

func traceAction(on bool) func(*pb.ControlRequest) {
	return func(r *pb.ControlRequest) { r.Action = &pb.ControlRequest_SetTrace{SetTrace: &pb.SetTrace{On: on}} }
}

func paceAction(factor float64) func(*pb.ControlRequest) {
	return func(r *pb.ControlRequest) {
		r.Action = &pb.ControlRequest_SetPace{SetPace: &pb.SetPace{Factor: factor}}
	}
}

// A run that is asked for of a paused peer is over when Ran has grown, and what
// it did is told with that.
func TestRunTaskEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		peers := grow(t, network, 8, 21, 42, 56)
		p := peers[1]
		steer(t, network, p, pauseAction)
		pass(2 * countEvery) // what was under way is over
		v := view(t, network, p, 0)
		steer(t, network, p, runAction(pb.Task_TASK_STABILIZE))
		steer(t, network, p, runAction(pb.Task_TASK_FIX))
		pass(5 * watchEvery)
		v.sees(p)
		if v.state.Ran != 2 || v.count(chord.EvTask) != 2 || v.count(chord.EvLine) != 0 {
			t.Errorf("%d runs over, %d begun, %d lines told", v.state.Ran, v.count(chord.EvTask), v.count(chord.EvLine))
		}
		ways, fixed := 0, 0
		for _, d := range v.deltas {
			ways, fixed = ways+len(d.Ways), fixed+len(d.Fixed)
		}
		if ways == 0 || fixed == 0 {
			t.Errorf("%d ways and %d fingers were told with the end", ways, fixed)
		}
		outside := start(t, config(network, 60))
		wantErr(t, dial(t, network, outside.Ref().Addr), controlRequest(key, runAction(pb.Task_TASK_FIX)), wire.ErrNotMember)
	})
}

// A traced peer tells lines and messages, until nobody wants that any more: each
// for himself, and not beyond his connection.
func TestTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		peers := grow(t, network, 8, 21, 42)
		p := peers[1]
		v := view(t, network, p, 0)
		pass(10 * time.Second)
		if n := v.count(chord.EvLine) + v.count(chord.EvSent) + v.count(chord.EvReceived); n > 0 {
			t.Errorf("%d events of a trace that nobody asked for", n)
		}
		one, other := dial(t, network, p.Ref().Addr), dial(t, network, p.Ref().Addr)
		call(t, one, controlRequest(key, traceAction(true)))
		call(t, other, controlRequest(key, traceAction(true)))
		call(t, one, controlRequest(key, traceAction(false)))
		pass(10 * time.Second)
		if state, _ := v.seen(); !state.Tracing || v.count(chord.EvLine) < 100 || v.count(chord.EvSent) < 40 || v.count(chord.EvReceived) < 40 {
			t.Errorf("tracing %v: %d lines, %d sent, %d received", state.Tracing, v.count(chord.EvLine), v.count(chord.EvSent), v.count(chord.EvReceived))
		}
		other.Close()
		pass(2 * watchEvery)
		before := v.count(chord.EvLine)
		pass(10 * time.Second)
		state, _ := v.seen()
		if after := v.count(chord.EvLine); after != before || state.Tracing {
			t.Errorf("%d lines after the end of the trace", after-before)
		}
		call(t, one, controlRequest(key, traceAction(true)))
		pass(2 * watchEvery)
		traced, _ := v.seen()
		call(t, one, controlRequest(key, traceAction(false)))
		pass(2 * watchEvery)
		if state, _ := v.seen(); !traced.Tracing || state.Tracing {
			t.Errorf("tracing: %v after on, %v after off", traced.Tracing, state.Tracing)
		}
	})
}

// A slow peer sends less, and a pace that is none is refused.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		peers := grow(t, network, 8, 21, 42)
		v := view(t, network, peers[0], 0)
		pass(time.Minute)
		at := func(factor float64) uint64 {
			for _, p := range peers {
				steer(t, network, p, paceAction(factor))
			}
			settle()
			_, before := v.seen()
			pass(2 * time.Minute)
			v.sees(peers[0])
			state, after := v.seen()
			if state.Pace != factor {
				t.Errorf("pace %v, want %v", state.Pace, factor)
			}
			return after - before
		}
		normal, slow := at(1), at(0.125)
		if slow == 0 || slow > normal/4 {
			t.Errorf("%d messages at an eighth of the pace, %d at the normal one", slow, normal)
		}
		c := dial(t, network, peers[0].Ref().Addr)
		for _, bad := range []float64{0, -1, 65, 1.0 / 65, math.NaN(), math.Inf(1)} {
			wantErr(t, c, controlRequest(key, paceAction(bad)), wire.ErrMalformed)
		}
	})
}

// A newcomer to a ring that stands still does so too, from the beginning.
func TestBeginPaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		peers := grow(t, network, 8, 42)
		for _, p := range peers {
			steer(t, network, p, pauseAction)
		}
		pass(time.Second)
		cfg := config(network, 21)
		cfg.Paused, cfg.Pace = true, 0.5
		p := enter(t, cfg, peers[0].Ref())
		pass(time.Minute)
		if s := snapshot(t, p); !s.Paused || s.Pace != 0.5 {
			t.Errorf("paused %v, pace %v", s.Paused, s.Pace)
		}
		if successor(t, peers[0]) != peers[1].Ref() {
			t.Error("the newcomer has told of itself")
		}
		for _, q := range append(peers, p) {
			steer(t, network, q, resumeAction)
		}
		awaitIdeal(t, append(peers, p)...)
	})
}

// Whoever asks for the state on the connection of its watch has been told
// before of everything that is in it.
func TestStateAfterItsDeltas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := enter(t, config(network, 8))
		v := view(t, network, p, 0)
		settle()
		for on := range 10 {
			action := pauseAction
			if on%2 > 0 {
				action = resumeAction
			}
			call(t, v.client, controlRequest(key, action))
			st := call(t, v.client, &pb.Envelope_StateRequest{StateRequest: &pb.StateRequest{}}).GetPeerState()
			synctest.Wait()
			want, err := codec.DecodeSnapshot(v.space, st)
			if err != nil || st.GetSeq() != v.seq || v.state.Paused != want.Paused {
				t.Fatalf("state %d, paused %v, after delta %d, paused %v; %v", st.GetSeq(), want.Paused, v.seq, v.state.Paused, err)
			}
		}
	})
}
