package wire

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Both sides dial at the same moment, again and again, over connections of
// every delay. Each message arrives exactly once, nobody hears of a failure,
// and one connection is left.
func TestSimultaneousDials(t *testing.T) {
	for seed := range uint64(200) {
		synctest.Test(t, func(t *testing.T) {
			network := slow{NewMemory(), rand.New(rand.NewPCG(seed, 0))}
			jA, jB := newJournal(), newJournal()
			start := func(j *journal) *Hub {
				return testHub(t, network, func(c *Config) {
					j.note(c)
					if seed%4 >= 2 {
						c.Key = testKey
					}
				})
			}
			a, b := start(jA), start(jB)
			random := rand.New(rand.NewPCG(seed, 1))
			keep := seed%2 == 0
			if keep {
				a.Keep([]string{b.Addr()})
				b.Keep([]string{a.Addr()})
			}
			const n = 40
			for i := range uint64(n) {
				if random.IntN(2) == 0 {
					time.Sleep(time.Duration(random.IntN(400)) * time.Microsecond)
				}
				if err := a.Send(b.Addr(), ping(i+1)); err != nil {
					t.Fatal(err)
				}
				if err := b.Send(a.Addr(), ping(i+1)); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(5 * time.Second)
			synctest.Wait()
			for name, j := range map[string]*journal{"a": jA, "b": jB} {
				var got []string
				for _, e := range j.all() {
					if e != "end" {
						got = append(got, e)
					}
				}
				slices.Sort(got)
				if len(got) != n || len(slices.Compact(got)) != n || strings.HasPrefix(got[0], "down") {
					t.Errorf("seed %d: %s heard %d: %q", seed, name, len(got), got)
				}
			}
			if a.Stats().Links != 1 || b.Stats().Links != 1 {
				t.Errorf("seed %d: %d and %d links are left", seed, a.Stats().Links, b.Stats().Links)
			}
		})
	}
}

// The peer's own link came, so our dial was given up, and then its link went
// before we noticed: what was queued in between is dialled for again.
func TestMessagesQueuedBesideAGivenUpDialAreSent(t *testing.T) {
	network := NewMemory()
	j := newJournal()
	a, b := testHub(t, network, nil), testHub(t, network, j.note)
	a.mu.Lock()
	p := a.peer(b.Addr())
	p.cancel = func() {} // a dial is under way
	a.mu.Unlock()
	if err := a.Send(b.Addr(), ping(5)); err != nil {
		t.Fatal(err)
	}
	a.dialled(p, errConnected)
	j.next(t, "request 5")
}

// Many peers that all keep links to each other, begun at one moment, end up
// with exactly one connection for each two.
func TestFullMesh(t *testing.T) {
	for seed := range uint64(10) {
		synctest.Test(t, func(t *testing.T) {
			const n = 10
			network := slow{NewMemory(), rand.New(rand.NewPCG(seed, 0))}
			j := newJournal()
			var hubs []*Hub
			var addrs []string
			for range n {
				h := testHub(t, network, func(c *Config) {
					j.note(c)
					if seed%2 == 0 {
						c.Key = testKey
					}
				})
				hubs, addrs = append(hubs, h), append(addrs, h.Addr())
			}
			for _, h := range hubs {
				h.Keep(addrs)
			}
			time.Sleep(10 * time.Second)
			synctest.Wait()
			for _, h := range hubs {
				if got := h.Stats().Links; got != n-1 {
					t.Errorf("seed %d: %s has %d links, want %d", seed, h.Addr(), got, n-1)
				}
			}
			for _, e := range j.all() {
				if strings.HasPrefix(e, "down") {
					t.Errorf("seed %d: %s", seed, e)
				}
			}
		})
	}
}
