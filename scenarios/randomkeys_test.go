package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"chordscope/node/ring"
)

// This file has the keys of random rings, and what the oracle says of them.

// written is a key as the oracle knows it.
type written struct {
	at    uint64 // where it stands, for the oracle
	value string
	lost  bool
}

// crashes draws how many of n peers crash at once.
func (g *rings) crashes(n int) int {
	if g.gentle {
		return max(1, g.oracle.replicas-1)
	}
	return 1 + g.rng.IntN(max(1, n/3))
}

// write puts keys, some of them over others, and deletes a few. Names may share
// an identifier with each other and with keys that are identifiers.
func (g *rings) write() {
	if g.original {
		return
	}
	for i := range 6 {
		name, at := g.someKey()
		from := ""
		if g.rng.IntN(2) == 0 {
			from = " from " + g.names(g.anyPeer())
		}
		if w := g.data[name]; g.rng.IntN(5) == 0 && (w == nil || !w.lost) { // to delete what is lost writes nothing
			g.line("delete %s%s", name, from)
			delete(g.data, name)
			continue
		}
		value := fmt.Sprintf("%d of %d", i, g.rng.IntN(1000))
		g.line("put %s %q%s", name, value, from)
		g.data[name] = &written{at: at, value: value}
	}
}

// someKey draws one of so few keys that some are written again.
func (g *rings) someKey() (name string, at uint64) {
	n := g.rng.Uint64N(12)
	if n%2 == 0 {
		name = fmt.Sprintf("name %d", n)
		hash := ring.MustSpace(g.oracle.bits).Hash([]byte(name))
		return fmt.Sprintf("%q", name), plain(hash)
	}
	at = (n * (g.oracle.mask()/12 + 1)) & g.oracle.mask()
	return g.name("K", at), at
}

// lose notes what is lost when these peers, of those in the oracle, crash at
// once: the keys that nobody else holds.
func (g *rings) lose(dead []uint64) {
	for _, w := range g.data {
		if !slices.ContainsFunc(g.oracle.holders(w.at), func(id uint64) bool { return !slices.Contains(dead, id) }) {
			w.lost = true
		}
	}
}

// keyClaims writes down where every key must be.
func (g *rings) keyClaims() {
	lost := 0
	owned, held := make(map[uint64][]string), make(map[uint64][]string)
	for _, name := range slices.Sorted(maps.Keys(g.data)) {
		w := g.data[name]
		holders := g.oracle.holders(w.at)
		outcome := "found"
		if w.lost {
			lost++
			outcome = "not found"
			g.line("expect replicas %s = none", name)
			g.line("expect value %s = none", name)
		} else {
			owned[holders[0]] = append(owned[holders[0]], name)
			for _, id := range holders {
				held[id] = append(held[id], name)
			}
			g.line("expect replicas %s = %s", name, g.names(holders...))
			g.line("expect copies %s = %d", name, len(holders))
			g.line("expect value %s = %q", name, w.value)
		}
		if from := g.anyPeer(); g.rng.IntN(3) == 0 {
			g.line("get %s from %s", name, g.names(from))
			g.line("expect %s", outcome)
			g.line("expect path %s", g.names(g.oracle.path(from, w.at)...))
		}
	}
	if len(g.data) > 0 {
		g.line("get %q", "a name nobody put")
		g.line("expect not found")
	}
	g.line("expect lost = %d", lost)
	g.line("expect keys = %d", len(g.data)-lost)
	for _, id := range g.oracle.ids {
		n := g.names(id)
		g.line("expect %s.load = %d", n, len(owned[id]))
		g.line("expect %s.keys = %s", n, someOrNone(owned[id]))
		g.line("expect %s.copies = %s", n, someOrNone(held[id]))
	}
}

func someOrNone(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, " ")
}
