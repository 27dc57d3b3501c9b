package registry

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"

	pb "chordscope/proto"
	"chordscope/proto/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func testRing() *pb.Ring { return &pb.Ring{Bits: 8, Successors: 4, Replicas: 3} }

// ref is the peer with the identifier id; its address follows from that.
func ref(id byte) *pb.PeerRef {
	return &pb.PeerRef{Id: []byte{id}, Address: fmt.Sprintf("127.0.0.1:%d", 5000+int(id)), Incarnation: 1}
}

// town is a registry on its network.
type town struct {
	t       *testing.T
	network wire.Network
	server  *Server
	addr    string
}

func newTown(t *testing.T, edit func(*Config)) *town {
	return newTownOn(t, wire.NewMemory(), edit)
}

func newTownOn(t *testing.T, network wire.Network, edit func(*Config)) *town {
	t.Helper()
	w := &town{t: t, network: network, addr: "127.0.0.1:0"}
	w.start(edit)
	t.Cleanup(func() { w.server.Reset() })
	return w
}

// start starts the registry, again on the same port if it ran before.
func (w *town) start(edit func(*Config)) {
	w.t.Helper()
	ln, err := w.network.Listen(context.Background(), w.addr)
	if err != nil {
		w.t.Fatal(err)
	}
	cfg := Default()
	if edit != nil {
		edit(&cfg)
	}
	w.server, err = Serve(ln, cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.addr = w.server.Addr()
}

func (w *town) join(self *pb.PeerRef, edit func(*SessionConfig)) (*Session, []*pb.PeerRef, error) {
	cfg := SessionConfig{Network: w.network, Addr: w.addr, Self: self, Ring: testRing()}
	if edit != nil {
		edit(&cfg)
	}
	s, sample, err := Join(context.Background(), cfg)
	if s != nil {
		w.t.Cleanup(s.Reset)
	}
	return s, sample, err
}

func (w *town) mustJoin(self *pb.PeerRef) *Session {
	w.t.Helper()
	s, _, err := w.join(self, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// says is the list of members in short: "5 9?" for 5 live and 9 lost.
func (w *town) says() string {
	w.t.Helper()
	members, err := List(context.Background(), w.network, w.addr, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return short(members)
}

func short(members *pb.Members) string {
	var out []string
	for _, m := range members.GetMembers() {
		mark := ""
		if m.GetState() == pb.MemberState_MEMBER_STATE_LOST {
			mark = "?"
		}
		out = append(out, fmt.Sprint(m.GetPeer().GetId()[0], mark))
	}
	return strings.Join(out, " ")
}

func (w *town) want(members string) {
	w.t.Helper()
	if got := w.says(); got != members {
		w.t.Errorf("members are %q, want %q", got, members)
	}
}
