package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// selector says which peers a command is about: one that is named, or those
// found when the line runs.
//
// choose returns their identifiers, in identifier order where there are
// several. It never returns one that is in taken.
type selector struct {
	many   bool  // may stand for more than one peer
	drawn  bool  // at random
	at     *span // where it is written, for the recorder; nil: nowhere
	choose func(r *Runner, pic *observe.Picture, taken []ring.ID) ([]ring.ID, error)
}

// selectorHelp is the part of the help text that is about selectors.
const selectorHelp = `N8           the peer with this identifier (hexadecimal, or a prefix of it, on a ring of more than 32 bits)
random       a live peer, drawn with the scenario's seed; random 3 draws three different ones
any          a live peer, no matter which: the one with the lowest identifier
all          every live peer
owner K54    the live peer that stands at K54 or next after it
successor N8 the live peer that stands next after N8
For thaw, random, any and all mean frozen peers; for restart, those that have crashed.`

const anyPeer = "a peer such as N8, random, any, all, owner K54 or successor N8"

// peers requires one selector of live peers or more, up to the end of the line.
func (p *parser) peers() []selector { return p.selectors(livePool, "", make(map[string]bool)) }

// selectors requires one selector or more, up to the end of the line or to the
// symbol until. None of the words seen may name a peer again.
func (p *parser) selectors(from pool, until string, seen map[string]bool) []selector {
	var out []selector
	for first := true; first || p.more() && p.peek().text != until; first = false {
		t := p.peek()
		s := p.selector(from)
		if t.kind == word && seen[t.text] && s.choose != nil && t.text[0] == 'N' {
			p.fault(t, "%s is named twice", t.text)
		}
		seen[t.text] = true
		out = append(out, s)
	}
	return out
}

// onePeer requires a selector of exactly one live peer.
func (p *parser) onePeer() selector {
	t := p.peek()
	s := p.selector(livePool)
	if s.many {
		p.errorf(t, "expected one peer, such as N8 or random, found several")
	}
	return s
}

func (p *parser) selector(from pool) selector {
	first := p.peek()
	s := p.selectorOf(from)
	if !p.lost {
		begin := p.begin()
		s.at = &span{from: first.stop - len(first.text) - begin, to: p.toks[p.pos-1].stop - begin}
	}
	return s
}

func (p *parser) selectorOf(from pool) selector {
	t := p.next()
	expected, words := anyPeer, []string{"random", "any", "all", "owner", "successor"}
	if from.word != "" {
		expected, words = fmt.Sprintf("a %s peer such as N8, random, any or all", from.word), words[:3]
	}
	switch {
	case t.is("random"):
		return p.random(from)
	case t.is("any"):
		return selector{choose: func(r *Runner, pic *observe.Picture, taken []ring.ID) ([]ring.ID, error) {
			left, err := from.enough(r, pic, taken, 1)
			if err != nil {
				return nil, err
			}
			return left[:1], nil
		}}
	case t.is("all"):
		return selector{many: true, choose: func(r *Runner, pic *observe.Picture, taken []ring.ID) ([]ring.ID, error) {
			return from.enough(r, pic, taken, 1)
		}}
	case t.is("owner") && from.word == "":
		key := p.key()
		return member(func(live []*observe.Peer) *observe.Peer { return ownerOf(key.ID, live) })
	case t.is("successor") && from.word == "":
		return p.successor()
	case t.kind != word || t.text[0] != 'N':
		p.errorf(t, "expected %s, found %s%s", expected, t.found(), cmp.Or(p.meantName(t, "N"), t.meant(words)))
		return selector{}
	}
	f, ok := p.peerIn(t)
	if ok && p.scope.missing(f) {
		p.scope.absent = append(p.scope.absent, p.errorAt(t, fmt.Sprintf("%s is not there: expected a line above that lets it join", t.text)))
	}
	return named(f, from)
}

// named selects the peer of the pool that f means.
func named(f peerRef, from pool) selector {
	return selector{choose: func(r *Runner, pic *observe.Picture, taken []ring.ID) ([]ring.ID, error) {
		id, err := from.named(r, pic, f)
		if err != nil {
			return nil, err
		}
		return unlessTaken(id, pic, taken)
	}}
}

// maxPeers bounds how many peers one line may add or select.
const maxPeers = 10_000

func (p *parser) random(from pool) selector {
	n := uint64(1)
	if t := p.peek(); t.kind == word && isDigits(t.text) {
		n = p.count("a number of peers", 1, maxPeers)
	}
	return drawn(int(n), from)
}

// drawn selects n different peers with the scenario's seed.
func drawn(n int, from pool) selector {
	return selector{many: n > 1, drawn: true, choose: func(r *Runner, pic *observe.Picture, taken []ring.ID) ([]ring.ID, error) {
		left, err := from.enough(r, pic, taken, n)
		if err != nil {
			return nil, err
		}
		r.rng.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
		if left = onePerHost(left, taken, pic); len(left) < n {
			return nil, fmt.Errorf("%s wanted, but only %s left to select from", observe.Plural(n, "host"), observe.Plural(len(left), "host"))
		}
		left = left[:n]
		slices.SortFunc(left, ring.ID.Compare)
		return left, nil
	}}
}

func (p *parser) successor() selector {
	f := p.peer()
	return selector{choose: func(_ *Runner, pic *observe.Picture, taken []ring.ID) ([]ring.ID, error) {
		id := f.id
		if found := f.matches(pic); !f.whole && (len(found) == 0 || ambiguous(found)) {
			_, err := f.find(pic)
			return nil, err
		} else if !f.whole {
			id = found[0].ID
		}
		after := pic.Space.Add(id, ring.FromUint64(1))
		return member(func(live []*observe.Peer) *observe.Peer { return ownerOf(after, live) }).choose(nil, pic, taken)
	}}
}

// member selects one of the live peers by where it stands.
func member(which func(live []*observe.Peer) *observe.Peer) selector {
	return selector{choose: func(_ *Runner, pic *observe.Picture, taken []ring.ID) ([]ring.ID, error) {
		peer := which(members(pic))
		if peer == nil {
			return nil, errEmpty
		}
		return unlessTaken(peer.ID, pic, taken)
	}}
}

var errEmpty = errors.New("the ring is empty")

func unlessTaken(id ring.ID, pic *observe.Picture, taken []ring.ID) ([]ring.ID, error) {
	if slices.Contains(taken, id) {
		return nil, fmt.Errorf("%s is selected twice", nameOf(id, pic))
	}
	return []ring.ID{id}, nil
}

// choose resolves several selectors into different peers.
func (r *Runner) choose(selectors []selector) ([]ring.ID, error) {
	return r.chooseAmong(selectors, nil)
}

// chooseAmong resolves selectors into different peers that are not taken.
func (r *Runner) chooseAmong(selectors []selector, taken []ring.ID) ([]ring.ID, error) {
	pic := r.sys.Picture()
	var ids []ring.ID
	for _, s := range selectors {
		more, err := s.choose(r, pic, append(slices.Clip(taken), ids...))
		if err != nil {
			return nil, err
		}
		ids = append(ids, more...)
		if s.at != nil {
			r.chosen = append(r.chosen, choice{*s.at, namesOf(more, pic)})
		}
	}
	return ids, nil
}

// chooseAwake is choose for a command that the peers themselves carry out.
func (r *Runner) chooseAwake(selectors ...selector) ([]ring.ID, error) {
	ids, err := r.choose(selectors)
	if err != nil {
		return nil, err
	}
	return ids, requireAwake(ids, r.sys.Picture())
}

func isDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}
