package observe

import (
	"os"
	"testing"
	"testing/synctest"
	"time"

	"chordscope/node"
	"chordscope/node/codec"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// steer has a peer carry out a command, over the connection it is watched by.
func (w *town) steer(p *node.Peer, req *pb.ControlRequest) {
	w.t.Helper()
	req.Key = ringKey
	if _, err := w.observer.Call(w.t.Context(), p.Ref(), &pb.Envelope_ControlRequest{ControlRequest: req}); err != nil {
		w.t.Fatal(err)
	}
}

// Link faults are seen from when they are set until they are healed, also by
// who comes late, and so are processes.
func TestObserverSeesFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		from, to := w.join(8, "127.0.0.1:0"), w.join(21, "127.0.0.1:0")
		w.awaitStable(2)
		slow := wire.Fault{Delay: 30 * time.Millisecond, Stall: 0.5}
		w.steer(from, &pb.ControlRequest{Action: &pb.ControlRequest_SetFault{
			SetFault: &pb.SetFault{Fault: codec.EncodeFault(to.Ref().Addr, slow)}}})
		seen := func(pic *Picture) bool {
			return len(pic.Faults) == 1 && pic.Faults[0].FromName == "N8" && pic.Faults[0].ToName == "N21" && pic.Faults[0].LinkFault == LinkFault(slow)
		}
		w.await("the fault is seen", seen)
		for _, p := range w.store.Picture().Peers {
			if p.PID != os.Getpid() {
				t.Errorf("%s has the process %d, this is %d", p.Name, p.PID, os.Getpid())
			}
		}
		cfg := w.store.cfg
		late := &town{t: t, store: NewStore(cfg)}
		second := NewObserver(w.observerConfig(late.store))
		late.await("the fault is seen by another observer", seen)
		second.Close()

		w.steer(from, &pb.ControlRequest{Action: &pb.ControlRequest_Heal{Heal: &pb.Heal{}}})
		w.await("the fault is gone", func(pic *Picture) bool { return len(pic.Faults) == 0 })
	})
}

// A frozen peer is seen as silent, can be thawed over the connection that
// stands, and is then seen again; the others heal in either case.
func TestObserverAndFrozenPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		for _, id := range []uint64{8, 21, 42} {
			w.join(id, "127.0.0.1:0")
		}
		w.awaitStable(3)
		p := w.peers[1]
		for range 2 {
			w.steer(p, &pb.ControlRequest{Action: &pb.ControlRequest_Freeze{Freeze: &pb.Freeze{}}})
			w.awaitState(p.Ref(), StateSilent)
			w.awaitStable(2)
			<-time.After(5 * time.Minute)
			w.steer(p, &pb.ControlRequest{Action: &pb.ControlRequest_Thaw{Thaw: &pb.Thaw{}}})
			w.awaitState(p.Ref(), StateMember)
			w.awaitStable(3)
		}
		w.steer(p, &pb.ControlRequest{Action: &pb.ControlRequest_Freeze{Freeze: &pb.Freeze{}}})
		w.awaitState(p.Ref(), StateSilent)
		p.Crash()
		w.awaitState(p.Ref(), StateDead)
	})
}

// Without the ring's key there is nothing to see.
func TestObserverWithoutKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		w.join(8, "127.0.0.1:0")
		w.awaitStable(1)
		cfg := w.observerConfig(NewStore(w.store.cfg))
		cfg.Key = nil
		blind := NewObserver(cfg)
		<-time.After(time.Minute)
		blind.Close()
		if pic := cfg.Store.Picture(); pic.Registry.Up || len(pic.Peers) > 0 {
			t.Errorf("sees %d peers, and the registry %+v", len(pic.Peers), pic.Registry)
		}
	})
}
