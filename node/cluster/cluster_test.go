package cluster

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"chordscope/node/chord"
	"chordscope/node/cluster/process"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/proto/wire"
)

// The test program is also the peers in processes of their own. Nothing is left
// of the tests, neither goroutines nor descriptors.
func TestMain(m *testing.M) {
	if process.IsChild(os.Args) {
		if err := process.Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if err := flag.Set("test.parallel", atOnce); err != nil { // the command line has the last word
		panic(err)
	}
	before := openFiles()
	goleak.VerifyTestMain(m, goleak.Cleanup(func(status int) {
		if after := openFiles(); after > before+8 { // the poller and the like
			fmt.Fprintf(os.Stderr, "%d descriptors before the tests, %d after\n", before, after)
			status = 1
		}
		os.Exit(status)
	}))
}

// hang is how long is waited for what has to come. However slow the machine is,
// only what never comes takes that long.
const hang = 5 * time.Minute

// paperRing starts the ten peers of ToN figure 4.
func paperRing(t *testing.T) *Cluster {
	t.Helper()
	return paperRingWith(t, paperCore)
}

// patientRing is a paperRing in which silence says nothing against a peer. Who
// crashes is still noticed at once. On a busy machine it is the ring for tests
// that count on everybody being well.
func patientRing(t *testing.T) *Cluster {
	t.Helper()
	return paperRingWith(t, patientCore)
}

func paperRingWith(t *testing.T, core func(*chord.Config)) *Cluster {
	t.Helper()
	c, err := Start(t.Context(), Config{Network: wire.TCP{}, Space: ring.MustSpace(6), Seed: 1, Core: core})
	must(t, err)
	t.Cleanup(c.Close)
	must(t, c.Join(t.Context(), ids(1, 8, 14, 21, 32, 38, 42, 48, 51, 56), nil))
	awaitStable(t, c)
	return c
}

func paperCore(c *chord.Config) { c.Successors, c.Replicas = 3, 2 }

func patientCore(c *chord.Config) {
	paperCore(c)
	c.Timeout = 5 * time.Second
}

func ids(ns ...uint64) []ring.ID {
	var out []ring.ID
	for _, n := range ns {
		out = append(out, ring.FromUint64(n))
	}
	return out
}

func TestPaperRingOverTCP(t *testing.T) {
	t.Parallel()
	c := patientRing(t)
	for _, recursive := range []bool{false, true} {
		l, err := c.Lookup(t.Context(), ring.FromUint64(8), ring.FromUint64(54), recursive)
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"N8", "N42", "N51", "N56"}; !slices.Equal(l.PathNames, want) || l.Hops != 3 {
			t.Errorf("recursive=%v: path %v with %d hops, want %v with 3", recursive, l.PathNames, l.Hops, want)
		}
	}
}

func TestKillThirdOfTwentyFour(t *testing.T) {
	t.Parallel()
	c := startRing(t, 24)
	pic := c.Store().Picture()
	var victims []ring.ID
	for i, p := range pic.Peers {
		if i%3 == 0 {
			victims = append(victims, p.ID)
		}
	}
	if err := c.Kill(t.Context(), victims); err != nil {
		t.Fatal(err)
	}
	if h := c.Store().Picture().Health; h.Live != 16 {
		t.Fatalf("%d peers live after the kill, want 16", h.Live)
	}
	awaitStable(t, c)
}

func TestLeaveAndJoinAgain(t *testing.T) {
	t.Parallel()
	c := paperRing(t)
	if err := c.Leave(t.Context(), ids(32, 38)); err != nil {
		t.Fatal(err)
	}
	awaitStable(t, c)
	if l, err := c.Lookup(t.Context(), ring.FromUint64(8), ring.FromUint64(33), false); err != nil || l.OwnerName != "N42" {
		t.Errorf("owner of K33 is %q (%v), want N42", l.OwnerName, err)
	}
	via := ring.FromUint64(56)
	if err := c.Join(t.Context(), ids(32), &via); err != nil {
		t.Fatal(err)
	}
	awaitStable(t, c)
	if n := c.Store().Picture().Health.Live; n != 9 {
		t.Errorf("%d live peers, want 9", n)
	}
}

func TestTakenAndAbsent(t *testing.T) {
	t.Parallel()
	c := patientRing(t)
	if err := c.Join(t.Context(), ids(8), nil); !errors.Is(err, ErrPresent) {
		t.Errorf("join of a taken identifier: %v", err)
	}
	if err := c.Kill(t.Context(), ids(9)); !errors.Is(err, ErrAbsent) {
		t.Errorf("kill of nobody: %v", err)
	}
	if _, err := c.Lookup(t.Context(), ring.FromUint64(9), ring.FromUint64(1), false); !errors.Is(err, ErrAbsent) {
		t.Errorf("lookup from nobody: %v", err)
	}
}

// TestLastOneStanding: the last peer alive must notice that it is alone.
func TestLastOneStanding(t *testing.T) {
	t.Parallel()
	c := paperRing(t)
	if err := c.Kill(t.Context(), ids(1, 8, 14, 21, 32, 38, 48, 51, 56)); err != nil {
		t.Fatal(err)
	}
	awaitStable(t, c)
	if l, err := c.Lookup(t.Context(), ring.FromUint64(42), ring.FromUint64(7), false); err != nil || l.OwnerName != "N42" || l.Hops != 0 {
		t.Errorf("owner of K7 is %q after %d hops (%v), want N42 after 0", l.OwnerName, l.Hops, err)
	}
}

// TestRegistryRestarts: the ring goes on without the registry, and all peers
// are listed again when it is back on its port.
func TestRegistryRestarts(t *testing.T) {
	t.Parallel()
	c := patientRing(t)
	if err := c.StopRegistry(); err != nil {
		t.Fatal(err)
	}
	awaitPicture(t, c, "the registry is down", func(p *observe.Picture) bool { return !p.Registry.Up })
	if l, err := c.Lookup(t.Context(), ring.FromUint64(8), ring.FromUint64(54), false); err != nil || l.OwnerName != "N56" {
		t.Fatalf("lookup without a registry: %q, %v", l.OwnerName, err)
	}
	restartRegistry(t, c)
	awaitPicture(t, c, "all peers are listed again", func(p *observe.Picture) bool { return p.Registry.Up && p.Registry.Peers == 10 })
}

// restartRegistry starts the registry again, on its port. The system may have
// given it to some other program meanwhile.
func restartRegistry(t *testing.T, c *Cluster) {
	t.Helper()
	err := c.StartRegistry(t.Context())
	if errors.Is(err, syscall.EADDRINUSE) {
		t.Skip(err)
	}
	must(t, err)
}

// TestCloseLeavesNothing: no socket is left after Close (goroutines are
// checked by TestMain).
func TestCloseLeavesNothing(t *testing.T) {
	warm, err := Start(t.Context(), Config{Network: wire.TCP{}, Space: ring.MustSpace(6)})
	if err != nil {
		t.Fatal(err)
	}
	warm.Close() // the poller's own descriptors exist from now on
	before := descriptors(t)
	c := paperRing(t)
	if err := c.Kill(t.Context(), ids(8, 14)); err != nil {
		t.Fatal(err)
	}
	c.Close()
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

// descriptors counts what this process has open.
func descriptors(t *testing.T) int {
	t.Helper()
	n := openFiles()
	if n == 0 {
		t.Skip("no /proc here")
	}
	return n
}

// openFiles is descriptors, or 0 where they cannot be counted.
func openFiles() int {
	fds, _ := os.ReadDir("/proc/self/fd")
	return len(fds)
}

// TestTooManyPeers: what cannot fit into the descriptors is refused before
// anything is started, and the message says how many would fit.
func TestTooManyPeers(t *testing.T) {
	err := checkDescriptors(1 << 40)
	if err == nil {
		t.Skip("no limit of open files here")
	}
	if !strings.Contains(err.Error(), "ulimit -n") {
		t.Errorf("the error does not say what to do: %v", err)
	}
	if err := checkDescriptors(8); err != nil {
		t.Errorf("8 peers: %v", err)
	}
}
