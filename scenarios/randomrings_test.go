package scenarios

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// This file makes scenarios out of random rings, which nobody has tuned
// anything for, and lets the oracle say what must be true on them.

// rings writes a random scenario, line by line.
type rings struct {
	rng      *rand.Rand
	oracle   oracle
	bits     int // of the ring; the oracle's are at most 64
	original bool
	gentle   bool // no crash of so many that another driver may save more than the oracle
	data     map[string]*written
	text     strings.Builder
}

// ringKind says what happens on a random ring.
type ringKind int

const (
	wild       ringKind = iota
	gentle              // fewer crashes at once than there are copies, or one: on real peers no two crash at the same moment
	ofOriginal          // of the protocol of 2003: peers only come, one at a time
)

// randomRing returns a scenario on a ring of so many bits, with rounds of
// change and claims after each.
func randomRing(seed uint64, bits, maxPeers, rounds int, kind ringKind) string {
	g := &rings{
		rng: rand.New(rand.NewPCG(seed, uint64(bits))), bits: bits, original: kind == ofOriginal, gentle: kind == gentle,
		data: make(map[string]*written),
	}
	original := g.original
	g.oracle = oracle{bits: min(bits, 64), listLen: 2 + g.rng.IntN(3)}
	g.oracle.replicas = 1 + g.rng.IntN(min(3, g.oracle.listLen))
	if original {
		g.oracle.listLen, g.oracle.replicas = 2, 1
	}
	g.line("set bits=%d successors=%d replicas=%d stabilize=50ms fix=50ms check=100ms repair=200ms timeout=2s seed=%d",
		bits, g.oracle.listLen, g.oracle.replicas, seed)
	if original {
		g.line("set protocol=original merge=off")
	}
	g.join(1)
	g.join(1 + g.rng.IntN(maxPeers))
	if original {
		g.join(originalMin)
	}
	g.claims()
	for range rounds {
		g.write()
		kinds := 4
		if original {
			kinds = 1 // it may survive neither a crash nor a goodbye
		}
		switch n := len(g.oracle.ids); g.rng.IntN(kinds) {
		case 0:
			g.join(1 + g.rng.IntN(3))
		case 1:
			g.remove("leave", 1+g.rng.IntN(2))
		case 2:
			g.remove("kill", g.crashes(n))
		default: // all kinds at once, before anything is repaired
			g.remove("kill", 1)
			g.join(2)
			g.remove("leave", 1)
		}
		g.claims()
	}
	return g.text.String()
}

func (g *rings) line(format string, args ...any) { fmt.Fprintf(&g.text, format+"\n", args...) }

// name writes an identifier as the ring does. On a ring that is wider than the
// oracle it stands in the top bits, where everything keeps its place.
func (g *rings) name(letter string, id uint64) string {
	switch {
	case g.bits <= 32:
		return fmt.Sprint(letter, id)
	case g.bits <= 64:
		return fmt.Sprintf("%s%0*x", letter, (g.bits+3)/4, id)
	}
	return fmt.Sprintf("%s%0*x%0*d", letter, 16, id, (g.bits-64)/4, 0)
}

func (g *rings) names(ids ...uint64) string {
	var out []string
	for _, id := range ids {
		out = append(out, g.name("N", id))
	}
	return strings.Join(out, " ")
}

func (g *rings) id() uint64 { return g.rng.Uint64() & g.oracle.mask() }

func (g *rings) anyPeer() uint64 { return g.oracle.ids[g.rng.IntN(len(g.oracle.ids))] }

// originalMin is the least size of a ring of the protocol of 2003 here: with
// fewer peers than a list has places, its lists come round to their own peer.
const originalMin = 4

// join adds peers, as many of n as there are places for; with the protocol of
// 2003 each waits until the one before has been taken in.
func (g *rings) join(n int) {
	var ids []uint64
	for range 20 * n {
		if id := g.id(); len(ids) < n && !slices.Contains(g.oracle.ids, id) && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return
	}
	if g.original {
		g.joinInTurn(ids)
		return
	}
	switch {
	case len(g.oracle.ids) > 0 && g.rng.IntN(2) == 0:
		g.line("join %s via %s", g.names(ids...), g.names(g.anyPeer()))
	default:
		g.line("join %s", g.names(ids...))
	}
	g.oracle.ids = append(g.oracle.ids, ids...)
	slices.Sort(g.oracle.ids)
}

func (g *rings) joinInTurn(ids []uint64) {
	for _, id := range ids {
		g.oracle.ids = append(g.oracle.ids, id)
		slices.Sort(g.oracle.ids)
		before := g.oracle.predecessor(id)
		g.line("join %s", g.names(id))
		if before != id {
			g.line("wait until %s.predecessor = %s", g.names(id), g.names(before))
			g.line("wait until %s.successor = %s", g.names(before), g.names(id))
		}
		if len(g.oracle.ids) >= originalMin {
			g.line("wait until stable within 120s")
		}
	}
}

// remove ends peers, but never the last one.
func (g *rings) remove(how string, n int) {
	n = min(n, len(g.oracle.ids)-1)
	if n < 1 {
		return
	}
	mixed := slices.Clone(g.oracle.ids)
	g.rng.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	g.line("%s %s", how, g.names(mixed[:n]...))
	if how == "kill" {
		g.lose(mixed[:n])
	}
	g.oracle.ids = mixed[n:]
	slices.Sort(g.oracle.ids)
}

// claims writes down what must be so once nothing is left to repair.
func (g *rings) claims() {
	g.line("wait until stable within 120s")
	g.line("expect size = %d", len(g.oracle.ids))
	g.line("expect rings = 1")
	for _, id := range g.oracle.ids {
		n := g.names(id)
		g.line("expect %s.successor = %s", n, g.names(g.oracle.successor(id)))
		g.line("expect %s.predecessor = %s", n, g.names(g.oracle.predecessor(id)))
		if list := g.oracle.successors(id); len(list) > 0 {
			g.line("expect %s.successors = %s", n, g.names(list...))
		}
		for range min(4, g.oracle.bits) {
			i := 1 + g.rng.IntN(g.oracle.bits)
			g.line("expect %s.finger[%d] = %s", n, i+g.bits-g.oracle.bits, g.names(g.oracle.finger(id, i)))
		}
	}
	g.keyClaims()
	for range 5 {
		from, key := g.anyPeer(), g.id()
		if g.rng.IntN(4) == 0 {
			key = g.anyPeer() // a peer's own identifier
		}
		mode := ""
		if g.rng.IntN(2) == 0 {
			mode = " recursive"
		}
		g.line("lookup %s from %s%s", g.name("K", key), g.names(from), mode)
		if !g.original { // whose lookups test no range of their own
			path := g.oracle.path(from, key)
			g.line("expect path %s", g.names(path...))
			g.line("expect hops = %d", len(path)-1)
		}
		g.line("expect owner %s = %s", g.name("K", key), g.names(g.oracle.owner(key)))
	}
}

// passes runs a scenario. A failure shows it, so that it can be run again.
func passes(t *testing.T, driver, text string) {
	t.Helper()
	sc, err := Parse("random.chord", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	sys := newLeisurely(driver)
	defer sys.Close()
	rep := NewRunner(sys).Run(t.Context(), sc, func(p Progress) {
		if p.Done && !p.Result.OK {
			t.Errorf("line %d: %s: %s", p.Line.Number, p.Line.Text, p.Result.Text)
		}
	})
	if !rep.Passed() || rep.Expectations == 0 {
		t.Errorf("%+v\n%s", rep, text)
	}
}

var widths = []int{3, 6, 8, 16, 32, 33, 64, 160}

func TestRandomRingsInVirtualTime(t *testing.T) {
	t.Parallel()
	for _, bits := range widths {
		seeds := uint64(6)
		if bits > 8 {
			seeds = 2 // each costs more
		}
		for seed := range seeds {
			passes(t, DriverVirtual, randomRing(seed, bits, 14, 4, wild))
		}
	}
}

func TestRandomRingsOverTCP(t *testing.T) {
	t.Parallel()
	for _, bits := range []int{3, 6, 33, 160} {
		t.Run(fmt.Sprint(bits), func(t *testing.T) {
			t.Parallel()
			passes(t, DriverTCP, randomRing(7, bits, 7, 2, gentle))
		})
	}
}

// The protocol of 2003 makes right rings as well, as long as peers come one at
// a time and none goes.
func TestRandomRingsOfOriginal(t *testing.T) {
	t.Parallel()
	for _, bits := range []int{3, 6, 33} {
		for seed := range uint64(3) {
			passes(t, DriverVirtual, randomRing(seed, bits, 6, 1, ofOriginal))
		}
	}
	passes(t, DriverTCP, randomRing(1, 6, 2, 1, ofOriginal))
}
