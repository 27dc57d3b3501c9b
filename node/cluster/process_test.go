//go:build unix

package cluster

import (
	"errors"
	"os"
	"syscall"
	"testing"

	"chordscope/node/chord"
	"chordscope/node/cluster/keyring"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
	"chordscope/proto/wire"
)

// startProcesses starts a ring of n peers, each in a process of its own, with
// random keys.
func startProcesses(t *testing.T, n int) *Cluster {
	t.Helper()
	c, err := Start(t.Context(), Config{
		Network: wire.TCP{}, Space: ring.MustSpace(32), Seed: 1, Keys: keyring.Random(), Processes: true,
		Core: func(c *chord.Config) { c.Successors, c.Replicas = 8, 3 },
	})
	must(t, err)
	t.Cleanup(c.Close)
	_, err = c.JoinHashed(t.Context(), n)
	must(t, err)
	awaitStable(t, c)
	return c
}

// signal sends a signal to the processes of peers, as somebody in another
// terminal would: with the numbers that the Picture shows.
func signal(t *testing.T, peers []observe.Peer, s syscall.Signal) {
	t.Helper()
	for _, p := range peers {
		if p.PID == 0 || p.PID == os.Getpid() {
			t.Fatalf("%s has the process %d", p.Name, p.PID)
		}
		if err := syscall.Kill(p.PID, s); err != nil {
			t.Fatal(err)
		}
	}
}

// every returns each nth peer, from the first.
func every(peers []observe.Peer, n int) (out []observe.Peer) {
	for i := 0; i < len(peers); i += n {
		out = append(out, peers[i])
	}
	return out
}

// A third of 24 processes is killed, and some others stopped: the ring heals,
// with the keys of which one holder runs on, and those that go on later are
// taken in again. Nothing is left of the killed ones.
func TestKillProcesses(t *testing.T) {
	t.Parallel()
	c := startProcesses(t, 24)
	apple := store.Named(c.cfg.Space, "apple")
	peers := c.Store().Picture().Peers
	a, err := c.Access(t.Context(), peers[0].ID, chord.OpPut, apple, []byte("red"))
	must(t, err)
	if a.Copies != 3 {
		t.Fatalf("put: %+v", a)
	}
	victims, stopped := every(peers, 3), every(peers[1:], 6)
	signal(t, victims, syscall.SIGKILL)
	signal(t, stopped, syscall.SIGSTOP)
	awaitPicture(t, c, "those that run make a ring", func(pic *observe.Picture) bool {
		return pic.Health.Live == 12 && pic.Health.Valid && pic.Health.WrongSuccessors == 0
	})
	for _, p := range c.Store().Picture().Peers {
		if p.State != observe.StateMember && p.State != observe.StateSilent && p.State != observe.StateDead {
			t.Errorf("%s is %v", p.Name, p.State)
		}
	}
	signal(t, stopped, syscall.SIGCONT)
	awaitPicture(t, c, "all that are left make a ring", func(pic *observe.Picture) bool {
		return pic.Health.Live == 16 && pic.Health.Stable
	})
	got, err := c.Access(t.Context(), members(c)[0], chord.OpGet, apple, nil)
	if err != nil || string(got.Value) != "red" {
		t.Errorf("get: %+v, %v", got, err)
	}
	for _, p := range victims {
		if err := syscall.Kill(p.PID, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("the process %d of %s is still there: %v", p.PID, p.Name, err)
		}
	}
}

// Commands do to processes what they do to peers in this one.
func TestCommandProcesses(t *testing.T) {
	t.Parallel()
	c := startProcesses(t, 6)
	all := members(c)
	victim, sleeper, leaver := all[1], all[3], all[5]
	before := *stateOf(c, victim)
	must(t, c.Freeze(t.Context(), []ring.ID{sleeper, victim}), c.Kill(t.Context(), []ring.ID{victim}))
	if p := stateOf(c, sleeper); !p.Frozen {
		t.Errorf("it does not look frozen: %+v", p)
	}
	must(t, c.Leave(t.Context(), []ring.ID{leaver}), c.Restart(t.Context(), []ring.ID{victim}), c.Thaw(t.Context(), []ring.ID{sleeper}))
	awaitStable(t, c)
	after := stateOf(c, victim)
	if after.Addr != before.Addr || after.Incarnation <= before.Incarnation || after.PID == before.PID {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if live := c.Store().Picture().Health.Live; live != 5 {
		t.Errorf("%d live peers, want 5", live)
	}
	must(t, setFault(t, c, all[0], all[2], observe.LinkFault{Cut: true}), c.Heal(t.Context()))
	awaitStable(t, c)
	var pids []observe.Peer
	for _, p := range c.Store().Picture().Peers {
		if p.State.Live() {
			pids = append(pids, p)
		}
	}
	c.Close()
	for _, p := range pids {
		if err := syscall.Kill(p.PID, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("the process %d of %s is there after Close: %v", p.PID, p.Name, err)
		}
	}
}

// Descriptors are given back.
func TestProcessesLeaveNothing(t *testing.T) {
	startProcesses(t, 1).Close()
	before := descriptors(t)
	c := startProcesses(t, 4)
	must(t, c.Kill(t.Context(), members(c)[:1]))
	c.Close()
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}
