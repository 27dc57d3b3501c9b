package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// This file has the conditions on the ring as a whole and on lookups.

func parseStable(*parser, field) judge {
	return func(_ env, pic *observe.Picture) verdict {
		return health(pic.Health.Stable, "stable", pic)
	}
}

func parseValid(*parser, field) judge {
	return func(_ env, pic *observe.Picture) verdict {
		return health(pic.Health.Valid, "valid", pic)
	}
}

func health(holds bool, word string, pic *observe.Picture) verdict {
	v := verdict{holds: holds, answer: yesOrNo(holds)}
	switch {
	case holds:
		v.seen = "the ring is " + word
	case pic.Health.Live == 0:
		v.seen = errEmpty.Error()
	case pic.Health.Why == "":
		v.seen = "the ring is not " + word
	default:
		v.seen = fmt.Sprintf("not %s: %s", word, pic.Health.Why)
	}
	v.why = []string{v.seen}
	return v
}

func yesOrNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func parseRings(p *parser, _ field) judge {
	return p.quantityOf(func(_ env, pic *observe.Picture) (int, string) {
		return pic.Health.Rings, observe.Plural(pic.Health.Rings, "ring")
	})
}

func parseSize(p *parser, _ field) judge {
	return p.quantityOf(func(_ env, pic *observe.Picture) (int, string) {
		return pic.Health.Live, observe.Plural(pic.Health.Live, "live peer")
	})
}

func parseMessages(p *parser, _ field) judge {
	return p.quantityOf(func(e env, pic *observe.Picture) (int, string) {
		n := int(pic.Messages - e.chapterBegan)
		return n, observe.Plural(n, "message") + " since the chapter began"
	})
}

// quantityOf makes a condition of a number that the Picture holds.
func (p *parser) quantityOf(of func(env, *observe.Picture) (n int, seen string)) judge {
	c, want := p.quantity()
	return func(e env, pic *observe.Picture) verdict {
		n, seen := of(e, pic)
		return verdict{holds: c.holds(n, want), seen: seen, answer: strconv.Itoa(n), why: []string{seen}}
	}
}

// parseOwner is the claim that the ring knows the right owner. Truth alone
// would be arithmetic: the first live peer at or after the key must also hold
// the key for its own, which is what its predecessor pointer says.
func parseOwner(p *parser, _ field) judge {
	key := p.key()
	c := p.comparison(false)
	want := p.peer()
	return func(_ env, pic *observe.Picture) verdict {
		owner := ownerOf(key.ID, members(pic))
		if owner == nil {
			return verdict{void: true, seen: errEmpty.Error()}
		}
		v := verdict{peers: []string{owner.Name}}
		name := placed(key, pic.Space)
		pred := predecessor(owner, pic)
		own := ring.OpenClosed(pred.ID, owner.ID)
		knows := pred.Name != "" && own.Contains(key.ID)
		v.holds = c.equals(knows && want.is(owner.ID, pic.Space))
		v.answer, v.why = owner.Name, []string{fmt.Sprintf("%s in %s: from behind its predecessor %s up to %s itself",
			pic.Space.Format(key.ID), pic.Space.FormatInterval(own), pred.Name, owner.Name)}
		switch {
		case knows:
			v.seen = fmt.Sprintf("%s owns %s", owner.Name, name)
		case pred.Name == "":
			v.seen = fmt.Sprintf("%s should own %s, but knows no predecessor", owner.Name, name)
		default:
			v.peers = append(v.peers, pred.Name)
			v.seen = fmt.Sprintf("%s should own %s, but with predecessor %s it holds only %s for its own",
				owner.Name, name, pred.Name, pic.Space.FormatInterval(own))
		}
		return v
	}
}

func parsePath(p *parser, _ field) judge {
	c := comparison("=")
	if p.peek().kind == operator || p.open && !p.more() {
		c = p.comparison(false)
	}
	want := p.refs()
	space := p.scope.space()
	return func(e env, _ *observe.Picture) verdict {
		v, ok := lastWay(e)
		if ok {
			v.answer = strings.Join(e.last.PathNames, " ")
			v.seen, v.why = "path "+v.answer, stepsOf(e.last.Lookup)
			v.holds = c.equals(slices.EqualFunc(want, e.last.Path, func(f peerRef, id ring.ID) bool { return f.is(id, space) }))
		}
		return v
	}
}

func parseHops(p *parser, _ field) judge {
	c, want := p.quantity()
	return func(e env, _ *observe.Picture) verdict {
		v, ok := lastWay(e)
		if ok {
			v.seen = fmt.Sprintf("%s: %s", observe.Plural(e.last.Hops, "hop"), strings.Join(e.last.PathNames, " "))
			v.answer, v.why = strconv.Itoa(e.last.Hops), stepsOf(e.last.Lookup)
			v.holds = c.holds(e.last.Hops, want)
		}
		return v
	}
}

// lastWay returns the beginning of a verdict on the way that was gone last;
// false if it has no path to judge.
func lastWay(e env) (verdict, bool) {
	if e.last == nil {
		return verdict{void: true, seen: "nothing was looked up"}, false
	}
	v := verdict{peers: e.last.PathNames}
	if e.last.failed != "" {
		v.void, v.seen = true, e.last.failed
		return v, false
	}
	return v, true
}

// stepsOf says why a lookup went the way it did, hop by hop, as its trace has
// it.
func stepsOf(l *observe.Lookup) []string {
	out := make([]string, len(l.Steps))
	for i, s := range l.Steps {
		out[i] = s.AtName + ": " + describeStep(s)
	}
	return out
}
