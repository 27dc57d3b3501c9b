package registry

import (
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	pb "chordscope/proto"
	"chordscope/proto/wire"
)

func TestRegisterListAndDeregister(t *testing.T) {
	for name, network := range map[string]wire.Network{"tcp": wire.TCP{}, "memory": wire.NewMemory()} {
		t.Run(name, func(t *testing.T) {
			w := newTownOn(t, network, nil)
			w.want("")
			nine := w.mustJoin(ref(9))
			_, sample, err := w.join(ref(5), nil)
			if err != nil || len(sample) != 1 || sample[0].GetAddress() != ref(9).GetAddress() {
				t.Fatalf("the second one is told of %v, %v", sample, err)
			}
			w.mustJoin(ref(200))
			w.want("5 9 200")
			if err := nine.Deregister(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.want("5 200")
		})
	}
}

func TestTakenIdentifierNamesTheHolder(t *testing.T) {
	w := newTown(t, nil)
	w.mustJoin(ref(9))
	second := ref(9)
	second.Address = "127.0.0.1:7777"
	_, _, err := w.join(second, nil)
	if !errors.Is(err, wire.ErrTaken) || !strings.Contains(err.Error(), ref(9).GetAddress()) {
		t.Fatal(err)
	}
	w.want("9")
}

func TestOtherRingIsRefusedAndBothAreNamed(t *testing.T) {
	w := newTown(t, nil)
	other := func(c *SessionConfig) { c.Ring = &pb.Ring{Bits: 16, Successors: 4, Replicas: 3} }
	first := w.mustJoin(ref(9))
	_, _, err := w.join(ref(5), other)
	if !errors.Is(err, wire.ErrRingMismatch) || !strings.Contains(err.Error(), "bits=8") || !strings.Contains(err.Error(), "bits=16") {
		t.Fatal(err)
	}
	// Once nobody is left, the next one decides.
	if err := first.Deregister(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.join(ref(5), other); err != nil {
		t.Fatal(err)
	}
	members, err := List(t.Context(), w.network, w.addr, nil)
	if err != nil || members.GetRing().GetBits() != 16 {
		t.Fatalf("%v, %v", members, err)
	}

	fixed := newTown(t, func(c *Config) { c.Ring = testRing() })
	if _, _, err := fixed.join(ref(5), other); !errors.Is(err, wire.ErrRingMismatch) {
		t.Fatalf("though the configuration fixes the ring: %v", err)
	}
}

func TestLostPeerHasAGraceTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, nil)
		grace := Default().Grace
		w.mustJoin(ref(5))
		w.mustJoin(ref(9)).Reset()
		synctest.Wait()
		w.want("5 9?")
		time.Sleep(grace - time.Millisecond)
		w.want("5 9?")
		w.mustJoin(ref(9)) // in time
		w.want("5 9")
		time.Sleep(2 * grace)
		w.want("5 9")

		w.mustJoin(ref(30)).Reset()
		time.Sleep(grace + time.Millisecond)
		w.want("5 9")
	})
}

// Each loss has its own grace time: that of the first does not end the second.
func TestLostAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, nil)
		grace := Default().Grace
		w.mustJoin(ref(5)) // keeps the registry from becoming empty
		w.mustJoin(ref(9)).Reset()
		time.Sleep(grace / 2)
		w.mustJoin(ref(9)).Reset()
		time.Sleep(grace * 3 / 4)
		w.want("5 9?")
		time.Sleep(grace / 2)
		w.want("5")
	})
}

// A peer that registers on a second connection, since it noticed before us
// that the first one is dead, is not lost when we notice too.
func TestSecondConnectionCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, nil)
		first := w.mustJoin(ref(9))
		w.mustJoin(ref(9))
		first.Reset()
		synctest.Wait()
		w.want("9")
	})
}

func TestLostPeerIsNotInSamples(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, nil)
		s := w.mustJoin(ref(5))
		w.mustJoin(ref(9))
		w.mustJoin(ref(30)).Reset()
		synctest.Wait()
		refs, err := s.Sample(t.Context(), 10)
		if err != nil || len(refs) != 1 || refs[0].GetAddress() != ref(9).GetAddress() {
			t.Fatalf("%v, %v", refs, err)
		}
	})
}

func TestLostPeerDoesNotDefendItsIdentifier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, nil)
		w.mustJoin(ref(9)).Reset()
		synctest.Wait()
		elsewhere := ref(9)
		elsewhere.Address, elsewhere.Incarnation = "127.0.0.1:7777", 2
		w.mustJoin(elsewhere)
		time.Sleep(2 * Default().Grace) // the timer of the first must not hit the second
		w.want("9")
		if got := w.server.Members().GetMembers()[0].GetPeer().GetAddress(); got != elsewhere.Address {
			t.Error(got)
		}
	})
}

func TestNewerIncarnationReplacesAndOlderIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, nil)
		first := w.mustJoin(ref(9))
		newer := ref(9)
		newer.Incarnation = 2
		w.mustJoin(newer)
		first.Reset()
		time.Sleep(2 * Default().Grace) // the end of the older one's connection means nothing
		w.want("9")
		if _, _, err := w.join(ref(9), nil); !errors.Is(err, wire.ErrStale) {
			t.Errorf("the older one again: %v", err)
		}
		// Another identifier at the same address: the process was replaced.
		other := ref(30)
		other.Address = newer.Address
		w.mustJoin(other)
		w.want("30")
	})
}

func TestRequestsThatMakeNoSense(t *testing.T) {
	w := newTown(t, func(c *Config) { c.MaxPeers = 1 })
	w.mustJoin(ref(9))
	if _, _, err := w.join(ref(5), nil); !errors.Is(err, wire.ErrUnavailable) {
		t.Errorf("beyond MaxPeers: %v", err)
	}
	client, err := wire.Dial(t.Context(), w.network, w.addr, wire.PeerHello(ref(5), testRing()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for name, tc := range map[string]struct {
		body pb.Body
		want error
	}{
		"in another's name": {&pb.Envelope_Register{Register: &pb.Register{Peer: ref(6), Ring: testRing()}}, wire.ErrMalformed},
		"sample of none":    {&pb.Envelope_Sample{Sample: &pb.Sample{}}, wire.ErrMalformed},
		"sample of many":    {&pb.Envelope_Sample{Sample: &pb.Sample{Count: 65}}, wire.ErrMalformed},
		"long identifier":   {&pb.Envelope_Deregister{Deregister: &pb.Deregister{Peer: &pb.PeerRef{Id: make([]byte, 21)}}}, wire.ErrMalformed},
		"peers' message":    {&pb.Envelope_Notify{Notify: &pb.Notify{}}, wire.ErrUnimplemented},
	} {
		if env, err := client.Call(t.Context(), tc.body); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, %v", name, env, err)
		}
	}
	if _, err := client.Call(t.Context(), &pb.Envelope_Deregister{Deregister: &pb.Deregister{Peer: ref(5)}}); err != nil {
		t.Errorf("deregistering who is not there: %v", err)
	}
}

func TestSamplesFollowTheSeed(t *testing.T) {
	draw := func(seed uint64) (out []string) {
		cfg := Default()
		cfg.Seed = seed
		ms := newMembers(&cfg, func(pb.MembershipKind, *pb.PeerRef) {})
		for id := range byte(40) {
			if _, err := ms.register(ref(id), testRing()); err != nil {
				t.Fatal(err)
			}
		}
		for _, r := range ms.sample(10, ref(3).GetAddress()) {
			out = append(out, r.GetAddress())
		}
		return out
	}
	one, two := draw(1), draw(2)
	if len(one) != 10 || slices.Equal(one, two) || !slices.Equal(one, draw(1)) {
		t.Errorf("%v\n%v", one, two)
	}
}

func TestWrongConfigNamesTheField(t *testing.T) {
	for field, edit := range map[string]func(*Config){
		"Ring":        func(c *Config) { c.Ring = &pb.Ring{Bits: 2} },
		"Grace":       func(c *Config) { c.Grace = -1 },
		"MaxPeers":    func(c *Config) { c.MaxPeers = 0 },
		"MaxWatchers": func(c *Config) { c.MaxWatchers = 0 },
		"MaxFrame":    func(c *Config) { c.Limits.MaxFrame = 0 },
	} {
		cfg := Default()
		edit(&cfg)
		if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// addrOf is a listener at any address.
type addrOf struct {
	net.Listener
	addr   net.Addr
	closed bool
}

func (l *addrOf) Addr() net.Addr { return l.addr }
func (l *addrOf) Close() error   { l.closed = true; return nil }

// Without a key a registry does not serve other machines.
func TestServeBeyondThisMachine(t *testing.T) {
	for _, ip := range []net.IP{net.IPv4zero, net.IPv6unspecified, net.IPv4(192, 0, 2, 1)} {
		ln := &addrOf{addr: &net.TCPAddr{IP: ip, Port: 4000}}
		if _, err := Serve(ln, Default()); err == nil || !strings.Contains(err.Error(), "ring key") || !ln.closed {
			t.Errorf("serve at %s: %v, listener closed: %v", ln.addr, err, ln.closed)
		}
	}
}
