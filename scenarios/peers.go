package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// peerRef is a peer as a line names it: N and its identifier. On a ring whose
// identifiers are hexadecimal it may be a prefix, which is looked up among the
// peers when the line runs.
type peerRef struct {
	digits string  // without the N, in lower case
	id     ring.ID // if whole
	whole  bool    // digits are the identifier itself, not a prefix
}

func (f peerRef) String() string { return "N" + f.digits }

// is reports whether id is the identifier meant.
func (f peerRef) is(id ring.ID, space ring.Space) bool {
	if f.whole {
		return id == f.id
	}
	return strings.HasPrefix(space.Format(id), f.digits)
}

const somePeer = "a peer such as N8"

// identifier reads the digits of t after its first letter, N or K. It returns
// false if there is a mistake, which it has reported.
func (p *parser) identifier(t token, letter, what string) (digits string, id ring.ID, ok bool) {
	space := p.scope.space()
	digits, found := strings.CutPrefix(t.text, letter)
	digits = strings.ToLower(digits)
	if t.kind != word || !found || !p.isIdentifier(digits) {
		p.errorf(t, "expected %s, found %s%s", what, t.found(), p.meantName(t, letter))
		return "", id, false
	}
	id, err := space.Parse(digits)
	if err != nil {
		p.fault(t, "%s is not on a ring of %d bits: expected %s%s to %s%s", t.text, space.Bits(),
			letter, space.Format(ring.ID{}), letter, space.Format(space.Last()))
		return "", id, false
	}
	return digits, id, true
}

// isIdentifier reports whether the digits are such as the ring writes.
func (p *parser) isIdentifier(digits string) bool {
	allowed := "0123456789"
	if p.scope.space().Digits() > 0 {
		allowed += "abcdef"
	}
	return digits != "" && strings.Trim(digits, allowed) == ""
}

// meantName suggests the name of a peer or a key that was written with a small
// letter.
func (p *parser) meantName(t token, letter string) string {
	digits, small := strings.CutPrefix(t.text, strings.ToLower(letter))
	if t.kind != word || !small || !p.isIdentifier(digits) {
		return ""
	}
	return ": did you mean " + letter + digits + "?"
}

// peer requires one named peer.
func (p *parser) peer() peerRef {
	f, _ := p.peerIn(p.next())
	return f
}

func (p *parser) peerIn(t token) (peerRef, bool) {
	digits, id, ok := p.identifier(t, "N", somePeer)
	whole := p.scope.space().Digits() <= len(digits) // decimal numbers always are
	if whole {
		digits = p.scope.space().Format(id) // N007 is N7
	}
	return peerRef{digits: digits, id: id, whole: whole}, ok
}

// missing reports whether f is surely not on the ring: no line lets it join, though
// all peers are named there.
func (s *scope) missing(f peerRef) bool {
	switch {
	case s.others, len(s.named) == 0, s.settings.VNodes > 1:
		return false
	case f.whole:
		return !s.named[f.id]
	}
	for id := range s.named {
		if f.is(id, s.space()) {
			return false
		}
	}
	return true
}

// newPeer requires the whole identifier of a peer that is to join. Leading
// zeros may be left out.
func (p *parser) newPeer() (ring.ID, bool) {
	_, id, ok := p.identifier(p.next(), "N", somePeer)
	return id, ok
}

func present(p *observe.Peer) bool { return p.State.Present() }

// matches returns the peers that f may mean, those that are present first. A
// restarted peer stands in a Picture beside its former self, which is dead.
func (f peerRef) matches(pic *observe.Picture) []*observe.Peer {
	var there, gone []*observe.Peer
	for i := range pic.Peers {
		switch p := &pic.Peers[i]; {
		case !f.is(p.ID, pic.Space):
		case present(p):
			there = append(there, p)
		default:
			gone = append(gone, p)
		}
	}
	if len(there) > 0 {
		return there
	}
	return gone
}

// find returns the present peer that f means. The error says why there is none.
func (f peerRef) find(pic *observe.Picture) (*observe.Peer, error) {
	found := f.matches(pic)
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("there is no peer %s; %s", f, roll(pic))
	case ambiguous(found):
		return nil, fmt.Errorf("%s may be any of %s: give more digits", f, listNames(found))
	case !present(found[0]):
		return nil, fmt.Errorf("%s %s; %s", found[0].Name, fate(found[0]), roll(pic))
	}
	return found[0], nil
}

func fate(p *observe.Peer) string {
	if p.State == observe.StateLeft {
		return "has left"
	}
	return "has crashed"
}

func ambiguous(found []*observe.Peer) bool {
	return slices.ContainsFunc(found, func(p *observe.Peer) bool { return p.ID != found[0].ID })
}

// roll says who is there, for a message about a peer that is not.
func roll(pic *observe.Picture) string {
	live := members(pic)
	if len(live) == 0 {
		return "the ring is empty"
	}
	return "on the ring: " + listNames(live)
}

const maxListed = 12

func listNames(peers []*observe.Peer) string { return listWords(peerNames(peers)) }

// listWords writes words, the first few of many.
func listWords(words []string) string { return firstOf(maxListed, words, " ") }

// firstOf joins at most so many words, and says how many more there are.
func firstOf(most int, words []string, separator string) string {
	text := strings.Join(words[:min(len(words), most)], separator)
	if more := len(words) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// fewNames is listWords where there is little room: beyond a handful, peers are
// counted.
func fewNames(names []string) string {
	if len(names) > 5 {
		return observe.Plural(len(names), "peer")
	}
	return strings.Join(names, " ")
}

func peerNames(peers []*observe.Peer) []string {
	names := make([]string, len(peers))
	for i, p := range peers {
		names[i] = p.Name
	}
	return names
}

// members returns the peers that count for the truth, in identifier order.
func members(pic *observe.Picture) []*observe.Peer {
	var out []*observe.Peer
	for i := range pic.Peers {
		if pic.Peers[i].State.Live() {
			out = append(out, &pic.Peers[i])
		}
	}
	return out
}

// ownerOf returns the first member at or after key; nil if there are none.
func ownerOf(key ring.ID, live []*observe.Peer) *observe.Peer {
	for _, p := range live {
		if !p.ID.Less(key) {
			return p
		}
	}
	if len(live) == 0 {
		return nil
	}
	return live[0]
}

// nameOf returns how the Picture calls the peer id.
func nameOf(id ring.ID, pic *observe.Picture) string {
	i, found := slices.BinarySearchFunc(pic.Peers, id, func(p observe.Peer, id ring.ID) int { return p.ID.Compare(id) })
	if found {
		return pic.Peers[i].Name
	}
	return "N" + pic.Space.Format(id)
}

func namesOf(ids []ring.ID, pic *observe.Picture) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = nameOf(id, pic)
	}
	return names
}
