package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"chordscope/node/observe"
)

// This file has the conditions on what a peer believes.

// onPeer makes a condition on a peer that is there. About one that is not,
// nothing can be said.
func onPeer(f peerRef, judgePeer func(peer *observe.Peer, pic *observe.Picture) verdict) judge {
	return func(_ env, pic *observe.Picture) verdict {
		peer, err := f.find(pic)
		if err != nil {
			return verdict{void: true, seen: err.Error()}
		}
		v := judgePeer(peer, pic)
		v.peers = slices.Compact(append([]string{peer.Name}, v.peers...))
		return v
	}
}

// target is what a pointer is compared with: a peer, or nobody.
type target struct {
	peer peerRef
	none bool
}

func (p *parser) target() target {
	if p.accept("none") {
		return target{none: true}
	}
	return target{peer: p.peer()}
}

// pointer parses what follows a condition on one pointer, which get reads.
func (p *parser) pointer(of field, name string, get func(*observe.Peer, *observe.Picture) observe.Pointer) judge {
	c := p.comparison(false)
	want := p.target()
	return onPeer(of.peer, func(peer *observe.Peer, pic *observe.Picture) verdict {
		ptr := get(peer, pic)
		same := ptr.Name == "" && want.none || ptr.Name != "" && !want.none && want.peer.is(ptr.ID, pic.Space)
		v := verdict{holds: c.equals(same), seen: fmt.Sprintf("%s.%s = %s", peer.Name, name, describePointer(ptr))}
		v.answer = "none"
		if ptr.Name != "" {
			v.peers, v.answer = []string{ptr.Name}, ptr.Name
		}
		v.why = []string{v.seen}
		return v
	})
}

func describePointer(ptr observe.Pointer) string {
	text := ptr.Name
	if text == "" {
		text = "none"
	}
	if ptr.Verdict == observe.Stale || ptr.Verdict == observe.Dead {
		text += ", " + ptr.Verdict.String()
	}
	return text
}

func parseSuccessor(p *parser, of field) judge {
	return p.pointer(of, "successor", func(peer *observe.Peer, _ *observe.Picture) observe.Pointer {
		return successors(peer)[0]
	})
}

func parsePredecessor(p *parser, of field) judge {
	return p.pointer(of, "predecessor", predecessor)
}

func parseFinger(p *parser, of field) judge {
	row := p.finger(of)
	judged := p.pointer(of, "finger["+of.index+"]", func(peer *observe.Peer, _ *observe.Picture) observe.Pointer {
		if row < len(peer.Fingers) {
			return peer.Fingers[row].Pointer
		}
		return observe.Pointer{}
	})
	return func(e env, pic *observe.Picture) verdict {
		v := judged(e, pic)
		if peer, err := of.peer.find(pic); err == nil && row < len(peer.Fingers) {
			v.why = []string{explainFinger(peer, row, of.index, pic)}
		}
		return v
	}
}

// explainFinger says where a row begins and whom it means. index is the row as
// the scenario counts it.
func explainFinger(peer *observe.Peer, row int, index string, pic *observe.Picture) string {
	f := &peer.Fingers[row]
	start := pic.Space.Format(f.Start)
	if n, _ := peer.ID.Uint64(); pic.Space.Digits() == 0 && f.Start.Less(peer.ID) { // round the end of the circle
		start = fmt.Sprintf("%d, that is %s", n+1<<row, start)
	}
	text := fmt.Sprintf("finger[%s] of %s starts at %s + 2^%d = %s", index, peer.Name, pic.Space.Format(peer.ID), row, start)
	switch {
	case f.Name == "":
		return text + ", and has not been looked up yet"
	case f.Verdict == observe.Right && f.ID == peer.ID:
		return text + ", and finds nobody before " + f.Name + " itself"
	case f.Verdict == observe.Right:
		return text + ", and finds " + f.Name + " first"
	}
	return text + ": it holds " + describePointer(f.Pointer)
}

func parseFingers(p *parser, of field) judge {
	c := p.comparison(false)
	first := p.peek()
	want := p.refs()
	if n := len(want); n != p.scope.settings.Bits && !p.lost {
		p.errorf(first, "expected all %d fingers of %s, found %d", p.scope.settings.Bits, of.peer, n)
	}
	base := p.base()
	return onPeer(of.peer, func(peer *observe.Peer, pic *observe.Picture) verdict {
		var v verdict
		words, names := make([]string, len(peer.Fingers)), make([]string, len(peer.Fingers))
		for i, f := range peer.Fingers {
			words[i], names[i] = describePointer(f.Pointer), cmp.Or(f.Name, "none")
			v.why = append(v.why, explainFinger(peer, i, strconv.Itoa(i+base), pic))
		}
		v.holds = c.equals(slices.EqualFunc(want, peer.Fingers, func(f peerRef, ptr observe.Finger) bool {
			return ptr.Name != "" && f.is(ptr.ID, pic.Space)
		}))
		v.answer, v.seen = strings.Join(names, " "), fmt.Sprintf("%s.fingers = %s", peer.Name, strings.Join(words, " "))
		return v
	})
}

// base is what the scenario counts fingers from.
func (p *parser) base() int { return p.scope.settings.firstFinger() }

// finger returns which row of a finger table is meant, counted from 0 whatever
// the scenario counts from.
func (p *parser) finger(of field) int {
	first := p.base()
	last := first + p.scope.settings.Bits - 1
	i, err := strconv.Atoi(of.index)
	if err != nil || i < first || i > last || !isDigits(of.index) {
		p.fault(of.at, "expected a finger from %s.finger[%d] to %s.finger[%d], found %s", of.peer, first, of.peer, last, of.at.found())
	}
	return i - first
}

func parseSuccessors(p *parser, of field) judge {
	c := p.comparison(false)
	want := p.refs()
	return onPeer(of.peer, func(peer *observe.Peer, pic *observe.Picture) verdict {
		list := successors(peer)
		words := make([]string, len(list))
		names := make([]string, len(list))
		for i, ptr := range list {
			words[i], names[i] = describePointer(ptr), ptr.Name
		}
		same := slices.EqualFunc(want, list, func(f peerRef, ptr observe.Pointer) bool { return f.is(ptr.ID, pic.Space) })
		return verdict{
			holds: c.equals(same), peers: names,
			seen:   fmt.Sprintf("%s.successors = %s", peer.Name, strings.Join(words, " ")),
			answer: strings.Join(names, " "),
		}
	})
}

// successors returns a peer's successor list, never empty: a peer that knows
// nobody else is its own successor.
func successors(peer *observe.Peer) []observe.Pointer {
	if len(peer.Successors) == 0 {
		return []observe.Pointer{self(peer)}
	}
	return peer.Successors
}

// predecessor returns a peer's predecessor; a lone peer that has none is its
// own.
func predecessor(peer *observe.Peer, pic *observe.Picture) observe.Pointer {
	if peer.Predecessor.Name == "" && pic.Health.Live == 1 && peer.State.Live() {
		return self(peer)
	}
	return peer.Predecessor
}

func self(peer *observe.Peer) observe.Pointer {
	return observe.Pointer{ID: peer.ID, Name: peer.Name, Addr: peer.Addr}
}
