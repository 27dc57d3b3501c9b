package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// This file foresees a lookup: which way it would go by what the peers believe
// now. Nobody is asked, so a question about a lookup does not give it away.

// foreseen is the way that a lookup would take.
type foreseen struct {
	path  []*observe.Peer // from the origin to the owner
	steps []string        // of each: why it goes on to the next
	stuck string          // why it does not reach an owner; empty if it does
}

// hopLimit is where a real lookup gives up, too.
const hopLimit = 64

// foresee applies the rules of ToN IV-D and IV-E3, in the words of the trace,
// to the pointers that peers have. Those who are gone do not answer, and are
// passed over as a lookup does after a time-out.
func foresee(pic *observe.Picture, from *observe.Peer, key ring.ID, set Settings) foreseen {
	way := foreseen{path: []*observe.Peer{from}}
	at := from
	for range hopLimit {
		next, why, done := route(pic, at, key, set)
		if next == nil {
			way.stuck = fmt.Sprintf("%s knows nobody to ask for K%s", at.Name, pic.Space.Format(key))
			return way
		}
		way.steps = append(way.steps, at.Name+": "+why)
		if next != at {
			way.path = append(way.path, next)
		}
		if done {
			return way
		}
		at = next
	}
	way.stuck = "too many hops"
	return way
}

// route is what one peer answers who is asked for the way to a key.
func route(pic *observe.Picture, at *observe.Peer, key ring.ID, set Settings) (next *observe.Peer, why string, done bool) {
	text := pic.Space.Format(key)
	if pred := predecessor(at, pic); !set.Original && pred.Name != "" {
		if own := ring.OpenClosed(pred.ID, at.ID); own.Contains(key) {
			return at, text + " in " + pic.Space.FormatInterval(own) + ": the key is my own", true
		}
	}
	var best observe.Pointer
	between := ring.Open(at.ID, key)
	consider := func(ptr observe.Pointer, which string) {
		peer := answering(pic, ptr)
		nearer := next == nil || ring.Open(next.ID, key).Contains(ptr.ID)
		if peer != nil && between.Contains(ptr.ID) && nearer {
			next, best = peer, ptr
			why = fmt.Sprintf("closest preceding of %s in my table: %s %s", text, which, best.Name)
		}
	}
	first := true
	for _, ptr := range successors(at) {
		peer := answering(pic, ptr)
		if iv := ring.OpenClosed(at.ID, ptr.ID); first && peer != nil && iv.Contains(key) {
			return peer, text + " in " + pic.Space.FormatInterval(iv) + ": owner is my successor " + ptr.Name, true
		}
		first = first && peer == nil
	}
	for i := len(at.Fingers) - 1; i >= 1; i-- {
		consider(at.Fingers[i].Pointer, fmt.Sprintf("finger[%d] =", i+set.firstFinger()))
	}
	for i, ptr := range successors(at) {
		which := fmt.Sprintf("successor list[%d] =", i+1)
		if i == 0 {
			which = "successor"
		}
		consider(ptr, which)
	}
	return next, why, false
}

// answering returns the peer that a pointer leads to, if it is there and hears.
func answering(pic *observe.Picture, ptr observe.Pointer) *observe.Peer {
	for i := range pic.Peers {
		if p := &pic.Peers[i]; ptr.Name != "" && p.ID == ptr.ID && present(p) && !p.Frozen {
			return p
		}
	}
	return nil
}

// names are the path in words.
func (w foreseen) names() []string { return peerNames(w.path) }

func parseHop(p *parser, _ field) judge {
	return p.onWay(func(w foreseen, c comparison, want []peerRef, space ring.Space) verdict {
		v := verdict{answer: "none", why: w.steps[:1]}
		if len(w.path) > 1 {
			v.answer, v.peers = w.path[1].Name, w.names()[1:2]
		}
		same := len(want) == 0 && len(w.path) == 1 || len(want) == 1 && len(w.path) > 1 && want[0].is(w.path[1].ID, space)
		v.holds = c.equals(same)
		v.seen = fmt.Sprintf("%s would ask %s first (%s)", w.path[0].Name, v.answer, w.steps[0])
		if len(w.path) == 1 {
			v.seen = fmt.Sprintf("%s would ask nobody (%s)", w.path[0].Name, w.steps[0])
		}
		return v
	}, func(p *parser) []peerRef {
		if t := p.target(); !t.none {
			return []peerRef{t.peer}
		}
		return nil
	})
}

func parseWay(p *parser, _ field) judge {
	return p.onWay(func(w foreseen, c comparison, want []peerRef, space ring.Space) verdict {
		same := slices.EqualFunc(want, w.path, func(f peerRef, peer *observe.Peer) bool { return f.is(peer.ID, space) })
		text := strings.Join(w.names(), " ")
		return verdict{
			holds: c.equals(same), seen: "a lookup would go " + text + " (" + strings.Join(w.steps, "; ") + ")",
			answer: text, why: w.steps, peers: w.names(),
		}
	}, (*parser).refs)
}

// onWay makes a condition on the way that a lookup would take.
func (p *parser) onWay(judgeWay func(foreseen, comparison, []peerRef, ring.Space) verdict, wanted func(*parser) []peerRef) judge {
	key := p.key()
	p.keyword("from")
	from := p.peer()
	c := p.comparison(false)
	want := wanted(p)
	set := p.scope.settings
	return onPeer(from, func(peer *observe.Peer, pic *observe.Picture) verdict {
		w := foresee(pic, peer, key.ID, set)
		if w.stuck != "" {
			return verdict{void: true, seen: w.stuck, peers: w.names()}
		}
		return judgeWay(w, c, want, pic.Space)
	})
}

// parseFingersTo is about whose tables a peer stands in: those that change when
// it goes.
func parseFingersTo(p *parser, _ field) judge {
	to := p.peer()
	c := p.comparison(false)
	want, base := p.peerSet(), p.base()
	return onPeer(to, func(peer *observe.Peer, pic *observe.Picture) verdict {
		var v verdict
		var found []*observe.Peer
		for _, other := range members(pic) {
			var rows []string
			for i, f := range other.Fingers {
				if f.Name != "" && f.ID == peer.ID && other.ID != peer.ID {
					rows = append(rows, fmt.Sprintf("finger[%d]", i+base))
				}
			}
			if len(rows) > 0 {
				found = append(found, other)
				v.why = append(v.why, fmt.Sprintf("%s: %s = %s", other.Name, strings.Join(rows, ", "), peer.Name))
			}
		}
		v.holds = c.equals(samePeers(want, found, pic.Space))
		v.answer, v.peers = wordsOrNone(peerNames(found)), peerNames(found)
		v.seen = fmt.Sprintf("fingers to %s: %s", peer.Name, v.answer)
		return v
	})
}

// samePeers compares sets.
func samePeers(want []peerRef, found []*observe.Peer, space ring.Space) bool {
	same := len(want) == len(found)
	for _, f := range want {
		same = same && slices.ContainsFunc(found, func(p *observe.Peer) bool { return f.is(p.ID, space) })
	}
	return same
}

func wordsOrNone(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, " ")
}

// parseKeysFor is about the keys that move: those between the member before an
// identifier and the identifier, whether a peer is there yet or not.
func parseKeysFor(p *parser, _ field) judge {
	id, ok := p.newPeer()
	c := p.comparison(false)
	want := p.keySet()
	return func(_ env, pic *observe.Picture) verdict {
		live := members(pic)
		if !ok || len(live) == 0 {
			return verdict{void: true, seen: errEmpty.Error()}
		}
		before := live[len(live)-1].ID
		for _, peer := range live {
			if peer.ID.Less(id) {
				before = peer.ID
			}
		}
		own := ring.OpenClosed(before, id)
		have := keysOf(pic, func(d *observe.Datum) bool { return own.Contains(d.Key.ID) })
		same := slices.EqualFunc(want, have, func(k store.Key, d *observe.Datum) bool { return k == d.Key })
		name := nameOf(id, pic)
		return verdict{
			holds: c.equals(same), seen: fmt.Sprintf("keys for %s: %s", name, listKeys(have)), answer: wordsOrNone(keyNames(have)),
			why: []string{fmt.Sprintf("%s owns the keys in %s", name, pic.Space.FormatInterval(own))},
		}
	}
}
