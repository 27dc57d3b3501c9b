//go:build unix

package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"chordscope/node"
	"chordscope/node/chord"
	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// The test program is called as a child by Start, and as a parent that is to be
// killed by TestParentKilled.
func TestMain(m *testing.M) {
	switch {
	case IsChild(os.Args):
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		if err := Serve(ctx, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case len(os.Args) == 2 && os.Args[1] == "parent":
		parent()
	default:
		goleak.VerifyTestMain(m)
	}
}

func config(id uint64) node.Config {
	core := chord.Default(chord.Ref{ID: ring.FromUint64(id)}, ring.MustSpace(6))
	core.Successors, core.Replicas = 3, 2
	return node.Config{
		Chord: core, Network: wire.TCP{}, Listen: "127.0.0.1:0",
		ControlKey: []byte("the control key of these tests"), RingKey: []byte("the ring key of these tests"),
	}
}

// start starts a peer and ends it with the test.
func start(t *testing.T, id uint64) *Peer {
	t.Helper()
	p, err := Start(t.Context(), config(id))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

func enter(t *testing.T, p *Peer, seeds ...chord.Ref) {
	t.Helper()
	if err := p.Enter(t.Context(), seeds); err != nil {
		t.Fatal(err)
	}
}

// state asks a peer how it is.
func state(t *testing.T, p *Peer) *pb.PeerState {
	t.Helper()
	c, err := wire.DialWithKey(t.Context(), nil, p.Ref().Addr, wire.ClientHello(), config(0).RingKey)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	env, err := c.Call(t.Context(), &pb.Envelope_StateRequest{StateRequest: &pb.StateRequest{}})
	if err != nil {
		t.Fatal(err)
	}
	return env.GetPeerState()
}

// patience is how long is waited for what has to come. However slow the machine
// is, only what never comes takes that long.
const patience = 2 * time.Minute

// eventually waits for a condition.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	late := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("after %v still not: %s", patience, what)
		}
	}
}

// runs reports whether a process is there and has not ended. One that has ended
// but whose new parent has not asked for it yet is as good as gone.
func runs(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err == nil {
		_, after, _ := strings.Cut(string(stat), ") ")
		return !strings.HasPrefix(after, "Z") && !strings.HasPrefix(after, "X")
	}
	return syscall.Kill(pid, 0) == nil
}

// Peers in processes of their own make a ring, with all that they were told to
// be.
func TestRing(t *testing.T) {
	a, b := start(t, 8), start(t, 42)
	enter(t, a)
	enter(t, b, a.Ref())
	eventually(t, "each is the other's successor", func() bool {
		return state(t, a).GetPredecessor().GetAddress() == b.Ref().Addr && state(t, b).GetPredecessor().GetAddress() == a.Ref().Addr
	})
	st := state(t, a)
	want := &pb.Ring{Bits: 6, Successors: 3, Replicas: 2}
	if r := st.GetRing(); r.GetBits() != want.Bits || r.GetSuccessors() != want.Successors || r.GetReplicas() != want.Replicas {
		t.Errorf("the ring is %v, want %v", r, want)
	}
	if int(st.GetPid()) != a.PID() || a.PID() == os.Getpid() || a.PID() == b.PID() {
		t.Errorf("process %d says it is %d; the other one is %d, this one %d", a.PID(), st.GetPid(), b.PID(), os.Getpid())
	}
	if a.Ref().ID != ring.FromUint64(8) {
		t.Errorf("the peer is %v", a.Ref())
	}
	// Nothing secret is where others can read it.
	for _, file := range []string{"cmdline", "environ"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", a.PID(), file))
		if err == nil && strings.Contains(string(text), "key of these tests") {
			t.Errorf("a key stands in %s", file)
		}
	}
}

// Killed, stopped and killed, or told to end: nothing is left of the process.
func TestEnd(t *testing.T) {
	for name, end := range map[string]func(p *Peer){
		"killed":             func(p *Peer) { p.Kill() },
		"killed by somebody": func(p *Peer) { syscall.Kill(p.PID(), syscall.SIGKILL) },
		"killed when stopped": func(p *Peer) {
			if err := p.Freeze(true); err != nil {
				t.Error(err)
			}
			p.Kill()
		},
		"told to end": func(p *Peer) { syscall.Kill(p.PID(), syscall.SIGTERM) },
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, 8)
			enter(t, p)
			end(p)
			<-p.Done()
			if syscall.Kill(p.PID(), 0) != syscall.ESRCH {
				t.Errorf("the process %d is still there", p.PID())
			}
			if c, err := net.Dial("tcp", p.Ref().Addr); err == nil {
				c.Close()
				t.Errorf("somebody listens at %s", p.Ref().Addr)
			}
			p.Kill() // again does no harm
		})
	}
}

// A process that is told to end leaves the ring, and does not just vanish.
func TestToldToEndLeaves(t *testing.T) {
	a, b := start(t, 8), start(t, 42)
	enter(t, a)
	enter(t, b, a.Ref())
	eventually(t, "there are two", func() bool { return state(t, a).GetPredecessor() != nil })
	watch, err := wire.DialWithKey(t.Context(), nil, a.Ref().Addr, wire.ClientHello(), config(0).RingKey)
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Close()
	stream, err := watch.Stream(&pb.Envelope_WatchRequest{WatchRequest: &pb.WatchRequest{Mask: uint32(pb.WatchPart_WATCH_PART_EVENTS)}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := stream.Recv(ctx); err != nil { // the first says that it is heard; the leave must not come before
		t.Fatal(err)
	}
	if err := syscall.Kill(b.PID(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for {
		env, err := stream.Recv(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range env.GetPeerDelta().GetEvents() {
			switch e.GetKind() {
			case pb.EventKind_EVENT_KIND_PEER_LEFT:
				return
			case pb.EventKind_EVENT_KIND_DEAD, pb.EventKind_EVENT_KIND_SUSPECTED:
				t.Fatalf("it was found dead: %v", e)
			}
		}
	}
}

// A stopped process is silent, and goes on where it was.
func TestFreeze(t *testing.T) {
	p := start(t, 8)
	enter(t, p)
	if err := p.Freeze(true); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is stopped", func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.PID()))
		return err != nil || strings.Contains(string(stat), ") T ")
	})
	if err := p.Freeze(false); err != nil {
		t.Fatal(err)
	}
	if st := state(t, p); st.GetStatus() != pb.Status_STATUS_MEMBER {
		t.Errorf("it is %v", st.GetStatus())
	}
}

// What goes wrong in the child is told, with the kind of the error.
func TestErrors(t *testing.T) {
	a := start(t, 8)
	enter(t, a)
	taken := config(9)
	taken.Listen = a.Ref().Addr
	if p, err := Start(t.Context(), taken); err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("a port that is in use: %v, %v", p, err)
	}
	twin := start(t, 8)
	if err := twin.Enter(t.Context(), []chord.Ref{a.Ref()}); !errors.Is(err, wire.ErrTaken) {
		t.Errorf("an identifier that is in use: %v", err)
	}
	wrong := config(8)
	wrong.Chord.Successors = 0
	if _, err := Start(t.Context(), wrong); err == nil || !strings.Contains(err.Error(), "Successors") {
		t.Errorf("a wrong configuration: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, config(9)); !errors.Is(err, context.Canceled) {
		t.Errorf("a start that was given up: %v", err)
	}
	killed := start(t, 9)
	syscall.Kill(killed.PID(), syscall.SIGKILL)
	if err := killed.Enter(t.Context(), nil); !errors.Is(err, errSilent) {
		t.Errorf("a process that was killed: %v", err)
	}
}

// A child whose parent was killed ends, also if it is stopped.
func TestParentKilled(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "parent")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pids []int
	for lines := bufio.NewScanner(out); len(pids) < family && lines.Scan(); {
		var pid int
		if _, err := fmt.Sscan(lines.Text(), &pid); err != nil {
			t.Fatal(lines.Text(), err)
		}
		pids = append(pids, pid)
	}
	running := slices.ContainsFunc(pids, runs)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if len(pids) != family || !running {
		t.Fatalf("the parent had the children %v, running %v", pids, running)
	}
	eventually(t, "all children are gone", func() bool { return !slices.ContainsFunc(pids, runs) })
}

// family is how many children the parent has, of whom one is stopped.
const family = 4

// parent has children, tells their numbers, and waits to be killed.
func parent() {
	var first []chord.Ref
	for i := range family {
		p, err := Start(context.Background(), config(uint64(8*i)))
		if err == nil {
			err = p.Enter(context.Background(), first)
		}
		if err == nil && i == family-1 {
			err = p.Freeze(true)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		first = []chord.Ref{p.Ref()}
		fmt.Println(p.PID())
	}
	<-make(chan struct{})
}
