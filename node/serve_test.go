package node

import (
	"bytes"
	"slices"
	"testing"
	"testing/synctest"

	"google.golang.org/protobuf/proto"

	"chordscope/node/chord"
	"chordscope/node/codec"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

func TestStateRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := grow(t, network, paperIDs...)[1]
		st := call(t, dial(t, network, p.Ref().Addr), &pb.Envelope_StateRequest{StateRequest: &pb.StateRequest{}}).GetPeerState()
		got, err := codec.DecodeSnapshot(p.cfg.Chord.Space, st)
		if err != nil {
			t.Fatal(err)
		}
		want := snapshot(t, p)
		if got.Self != want.Self || got.Status != want.Status || got.Paused || got.Predecessor != want.Predecessor ||
			!slices.Equal(got.Successors, want.Successors) || !slices.Equal(got.Fingers, want.Fingers) {
			t.Errorf("state %+v, want %+v", got, want)
		}
		if !proto.Equal(st.GetRing(), &pb.Ring{Bits: 6, Successors: 3, Replicas: 2}) || st.GetProtocol() != "corrected" {
			t.Errorf("ring %v, protocol %s", st.GetRing(), st.GetProtocol())
		}
		c := st.GetCounters()
		if c.GetSent() == 0 || c.GetReceived() == 0 || c.GetBytesIn() == 0 || c.GetBytesOut() == 0 || c.GetLinks() < 2 {
			t.Errorf("counters %v", c)
		}
	})
}

func lookupRequest(k []byte, recursive bool) pb.Body {
	return &pb.Envelope_LookupRequest{LookupRequest: &pb.LookupRequest{Key: k, Recursive: recursive}}
}

func TestLookupRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := grow(t, network, paperIDs...)[1]
		c := dial(t, network, p.Ref().Addr)
		for _, recursive := range []bool{false, true} {
			l, err := codec.DecodeLookup(p.cfg.Chord.Space, call(t, c, lookupRequest([]byte{54}, recursive)).GetLookupResult())
			if err != nil {
				t.Fatal(err)
			}
			var path []uint64
			for _, r := range l.Path {
				id, _ := r.ID.Uint64()
				path = append(path, id)
			}
			if !slices.Equal(path, []uint64{8, 42, 51, 56}) || l.Recursive != recursive || !l.Confirmed {
				t.Errorf("recursive=%v: %+v", recursive, l)
			}
		}
		for _, bad := range [][]byte{{64}, {1, 0}, bytes.Repeat([]byte{1}, 21)} {
			wantErr(t, c, lookupRequest(bad, false), wire.ErrMalformed)
		}
		call(t, c, lookupRequest(nil, false)) // identifier 0, and the connection stands
	})
}

func TestLookupBeforeMembership(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := start(t, config(network, 8))
		l := call(t, dial(t, network, p.Ref().Addr), lookupRequest([]byte{1}, false)).GetLookupResult()
		if l.GetFailed() == "" || l.GetOwner() != nil {
			t.Errorf("%v", l)
		}
	})
}

// What a peer does not know is refused without loss of the connection.
func TestUnknownRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := enter(t, config(network, 8))
		c := dial(t, network, p.Ref().Addr)
		for _, body := range []pb.Body{
			nil, // of a later wire version
			&pb.Envelope_Register{Register: &pb.Register{}},
			&pb.Envelope_WatchMembers{WatchMembers: &pb.WatchMembers{}},
			&pb.Envelope_PeerState{PeerState: &pb.PeerState{}},
		} {
			wantErr(t, c, body, wire.ErrUnimplemented)
		}
		call(t, c, &pb.Envelope_StateRequest{StateRequest: &pb.StateRequest{}})
	})
}

// Clients and registries do not take part in the ring.
func TestPeerProtocolIsForPeers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		peers := grow(t, network, 8, 21, 42)
		before := snapshot(t, peers[0])
		leaving := &pb.Envelope_Leaving{Leaving: &pb.Leaving{}}
		for _, hello := range []*pb.Hello{wire.ClientHello(), wire.RegistryHello()} {
			c := dialAs(t, network, peers[0].Ref().Addr, hello)
			for _, body := range []pb.Body{
				&pb.Envelope_Ping{Ping: &pb.Ping{}}, &pb.Envelope_GetState{GetState: &pb.GetState{}},
				&pb.Envelope_NextHop{NextHop: &pb.NextHop{Key: []byte{9}}}, &pb.Envelope_Owns{Owns: &pb.Owns{Key: []byte{9}}},
				&pb.Envelope_FindOwner{FindOwner: &pb.FindOwner{Key: []byte{9}, Ttl: 3}},
				&pb.Envelope_Notify{Notify: &pb.Notify{}}, leaving,
			} {
				wantErr(t, c, body, wire.ErrUnauthorized)
			}
			if err := c.Post(leaving); err != nil { // one-way: nobody to refuse it to
				t.Error(err)
			}
			call(t, c, &pb.Envelope_StateRequest{StateRequest: &pb.StateRequest{}})
		}
		after := snapshot(t, peers[0])
		if after.Status != chord.StatusMember || after.Predecessor != before.Predecessor || !slices.Equal(after.Successors, before.Successors) {
			t.Errorf("a client changed %+v to %+v", before, after)
		}
	})
}

// A peer is told what is wrong with its message, and its link stands.
func TestMalformedPeerMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := enter(t, config(network, 8))
		self := &pb.PeerRef{Id: []byte{14}, Address: "127.0.0.1:7", Incarnation: 1}
		c := dialAs(t, network, p.Ref().Addr, wire.PeerHello(self, p.cfg.ring()))
		wantErr(t, c, &pb.Envelope_NextHop{NextHop: &pb.NextHop{Key: []byte{64}}}, wire.ErrMalformed)
		wantErr(t, c, &pb.Envelope_Leaving{Leaving: &pb.Leaving{Successors: []*pb.PeerRef{{Id: []byte{1}}}}}, wire.ErrMalformed)
		call(t, c, &pb.Envelope_Ping{Ping: &pb.Ping{}})
	})
}

func controlRequest(k []byte, action func(*pb.ControlRequest)) pb.Body {
	req := &pb.ControlRequest{Key: k}
	if action != nil {
		action(req)
	}
	return &pb.Envelope_ControlRequest{ControlRequest: req}
}

func leaveAction(r *pb.ControlRequest)  { r.Action = &pb.ControlRequest_Leave{Leave: &pb.Leave{}} }
func crashAction(r *pb.ControlRequest)  { r.Action = &pb.ControlRequest_Crash{Crash: &pb.Crash{}} }
func pauseAction(r *pb.ControlRequest)  { r.Action = &pb.ControlRequest_Pause{Pause: &pb.Pause{}} }
func resumeAction(r *pb.ControlRequest) { r.Action = &pb.ControlRequest_Resume{Resume: &pb.Resume{}} }

func runAction(task pb.Task) func(*pb.ControlRequest) {
	return func(r *pb.ControlRequest) { r.Action = &pb.ControlRequest_RunTask{RunTask: &pb.RunTask{Task: task}} }
}

func TestControlNeedsTheKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		guarded := enter(t, config(network, 8))
		open := config(network, 14)
		open.ControlKey = nil // nobody can
		for _, tc := range []struct {
			peer *Peer
			keys [][]byte
		}{
			{guarded, [][]byte{nil, key[1:], append(key[:len(key):len(key)], 0)}},
			{enter(t, open), [][]byte{nil, key}},
		} {
			c := dial(t, network, tc.peer.Ref().Addr)
			for _, k := range tc.keys {
				for _, action := range []func(*pb.ControlRequest){crashAction, leaveAction, pauseAction, nil} {
					wantErr(t, c, controlRequest(k, action), wire.ErrUnauthorized)
				}
			}
			if s := snapshot(t, tc.peer); s.Status != chord.StatusMember || s.Paused {
				t.Errorf("obeyed without the key: %+v", s)
			}
		}
	})
}

func TestControl(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		peers := grow(t, network, 8, 21, 42)
		p := peers[0]
		c := dial(t, network, p.Ref().Addr)
		wantErr(t, c, controlRequest(key, nil), wire.ErrUnimplemented)
		wantErr(t, c, controlRequest(key, runAction(99)), wire.ErrMalformed)

		call(t, c, controlRequest(key, pauseAction))
		late := enter(t, config(network, 14), peers[2].Ref())
		pass(5e9)
		if s := snapshot(t, p); !s.Paused || s.Successor() != peers[1].Ref() {
			t.Errorf("a paused peer repaired its successor: %+v", s)
		}
		call(t, c, controlRequest(key, runAction(pb.Task_TASK_STABILIZE)))
		synctest.Wait()
		if s := snapshot(t, p); !s.Paused || s.Successor() != late.Ref() {
			t.Errorf("one step of stabilize did not find N14: %+v", s)
		}
		call(t, c, controlRequest(key, resumeAction))
		awaitIdeal(t, append(peers, late)...)
		if snapshot(t, p).Paused {
			t.Error("still paused")
		}
	})
}

func TestIncarnationGrows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		first := enter(t, config(network, 8))
		cfg := config(network, 8)
		cfg.Listen = first.Ref().Addr
		first.Crash()
		pass(2e6)
		second := enter(t, cfg)
		if a, b := first.Ref(), second.Ref(); a.Addr != b.Addr || b.Inc <= a.Inc || b.ID != ring.FromUint64(8) {
			t.Errorf("%+v and then %+v", a, b)
		}
	})
}
