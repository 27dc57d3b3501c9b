package chord

import (
	"errors"
	"slices"
	"time"

	"chordscope/node/ring"
)

// Bounds of one lookup. Progress is strict, so a lookup in a sane ring needs a
// fraction of hopLimit; the bound ends those in a ring that is being torn.
const (
	hopLimit   = 64
	maxRetries = 7 // how often an owner may be unable to confirm: twice the time that finding a peer silent takes
)

// search is one lookup under way at its origin (or, when it is recursive, at
// one of its hops).
type search struct {
	number    uint64
	key       ring.ID
	recursive bool
	ttl       int    // of a recursive lookup
	seed      Ref    // a joiner starts here, since it has no table
	quiet     bool   // leaves no trace events: our own maintenance
	request   Body   // for the owner, instead of asking whether it is the owner
	purpose   string // what the request is for: put, get or delete
	name      string // of its key
	then      func(Lookup)
	run       uint64 // its number in the trace

	started time.Duration
	at      Ref   // who applied, or is asked to apply, the rules now
	came    []Ref // who was asked before at, to go back to
	steps   []HopTaken
	avoid   []string // addresses of those who did not answer, and of never
	never   []string // addresses that must not be named at all
	retries int
	reply   Body // of the owner
}

// find starts a lookup for the owner of this peer.
func (p *Peer) find(in Find) {
	s := &search{key: in.Key, recursive: in.Recursive, then: func(l Lookup) {
		l.Token = in.Token
		p.fx.Lookups = append(p.fx.Lookups, l)
	}}
	if p.status != StatusMember {
		p.nextLookup++
		s.number = p.nextLookup
		s.started = p.now
		p.lookupFailed(s, "the peer is not a member of the ring")
		return
	}
	p.startSearch(s)
}

// startSearch is the lookup, find_successor of ToN figure 5, iterative by
// default: the origin asks each hop for the next one. The owner has to confirm
// before it ends.
func (p *Peer) startSearch(s *search) {
	p.nextLookup++
	s.number, s.started = p.nextLookup, p.now
	s.avoid = slices.Clone(s.never)
	if s.ttl == 0 {
		s.ttl = hopLimit
	}
	if !s.quiet {
		mode := "iterative"
		if s.recursive {
			mode = "recursive"
		}
		if s.purpose != "" {
			mode = s.purpose
		}
		p.event(Event{Kind: EvLookupStarted, Lookup: s.number, Key: s.key, Name: s.name, Reason: mode})
	}
	s.line(p, 1, with{})
	s.at = p.self
	if !s.seed.IsZero() {
		p.took(s, p.self, Rule{Kind: RuleSeed, Next: s.seed})
		p.visit(s, s.seed)
		return
	}
	p.apply(s)
}

// apply lets the peer s.at choose the next step.
func (p *Peer) apply(s *search) {
	s.line(p, 2, with{peer: s.at})
	if s.at == p.self {
		p.follow(s, p.route(s.key, s.avoid))
		return
	}
	at := s.at
	ask(p, at, NextHop{Key: s.key, Avoid: slices.Clone(s.avoid)}, func(h Hop, err error) {
		if err != nil {
			p.stepFailed(s, at, err)
			return
		}
		p.follow(s, h.Rule)
	})
}

// follow does what the rule of s.at says.
func (p *Peer) follow(s *search, r Rule) {
	next := r.Next
	p.took(s, s.at, r)
	s.line(p, lineOf(r.Kind), with{peer: s.at, other: next, rule: r})
	switch {
	case r.Kind == RuleStuck:
		if s.at != p.self {
			s.avoid = append(s.avoid, s.at.Addr)
		}
		p.goBack(s)
	case s.request != nil && (r.Kind == RuleOwn || r.Kind == RuleAlone):
		p.confirm(s, s.at)
	case r.Kind == RuleOwn, r.Kind == RuleAlone:
		p.lookupDone(s, s.at, Ref{})
	case next != p.self && !p.another(next): // nobody, or our own former life
		p.stepFailed(s, next, errStrange)
	case r.Kind == RuleSuccessor && p.cfg.Original && s.request == nil: // the published code takes the successor's word
		p.lookupDone(s, next, Ref{})
	case r.Kind == RuleSuccessor:
		p.confirm(s, next)
	case !ring.Open(s.at.ID, s.key).Contains(next.ID): // no progress: not a way to go on
		p.stepFailed(s, next, errStrange)
	default:
		p.visit(s, next)
	}
}

// lineOf returns the line of find successor that a rule belongs to.
func lineOf(k RuleKind) int {
	switch k {
	case RuleOwn, RuleAlone:
		return 3
	case RuleSuccessor:
		return 4
	}
	return 5
}

// visit goes on to the peer next.
func (p *Peer) visit(s *search, next Ref) {
	if len(s.steps) > hopLimit {
		p.lookupFailed(s, "too many hops")
		return
	}
	s.came = append(s.came, s.at)
	if s.recursive && s.at == p.self && next != p.self {
		p.forward(s, next)
		return
	}
	s.at = next
	p.apply(s)
}

// confirm asks the candidate c whether the key is its own. If a peer has
// joined before it meanwhile, it names that one.
func (p *Peer) confirm(s *search, c Ref) {
	if len(s.steps) > hopLimit {
		p.lookupFailed(s, "too many hops")
		return
	}
	s.line(p, 7, with{peer: c})
	if s.request != nil {
		p.deliver(s, c)
		return
	}
	p.verify(s, c)
}

func (p *Peer) verify(s *search, c Ref) {
	if c == p.self {
		p.confirmed(s, c, p.owns(s.key))
		return
	}
	ask(p, c, Owns{Key: s.key, Avoid: slices.Clone(s.avoid)}, func(o Ownership, err error) {
		if err != nil {
			p.stepFailed(s, c, err)
			return
		}
		p.confirmed(s, c, o)
	})
}

// deliver gives the request to the candidate c, which carries it out if the key
// is its own.
func (p *Peer) deliver(s *search, c Ref) {
	replied := func(b Body, err error) {
		if r, ok := b.(Refusal); ok && r.Code != CodeUnavailable {
			err = refused{r}
		}
		switch b := b.(type) {
		case Ownership:
			b.Yes = false // it has not carried it out
			p.confirmed(s, c, b)
		case Datum:
			s.reply = b
			p.lookupDone(s, c, b.Predecessor)
		default:
			if err != nil {
				p.stepFailed(s, c, err)
				return
			}
			s.reply = b
			why := "an answer of the wrong kind"
			if r, ok := b.(Refusal); ok {
				why = r.Detail
			}
			p.lookupFailed(s, why)
		}
	}
	if c == p.self {
		p.serveOwner(p.self, s.request, func(b Body) { replied(b, nil) })
		return
	}
	p.call(c, s.request, true, replied)
}

func (p *Peer) confirmed(s *search, c Ref, o Ownership) {
	x := o.Predecessor
	s.line(p, 8, with{peer: c, other: x, test: tested(o.Yes)})
	switch {
	case o.Yes && s.request != nil: // it did not when it was given it
		p.deliver(s, c)
	case o.Yes:
		p.lookupDone(s, c, x)
	case x.IsZero(), slices.Contains(s.avoid, x.Addr) && p.suspected(x):
		p.askAgain(s, c)
	case x != p.self && !p.another(x), slices.Contains(s.avoid, x.Addr):
		p.retry(s)
	default:
		s.line(p, 9, with{peer: x})
		p.took(s, c, Rule{Kind: RulePredecessor, Interval: ring.OpenClosed(x.ID, c.ID), Next: x})
		p.confirm(s, x)
	}
}

// stepFailed routes around a peer that did not answer, or would not help.
func (p *Peer) stepFailed(s *search, failed Ref, err error) {
	if slices.Contains(s.avoid, failed.Addr) {
		p.goBack(s)
		return
	}
	s.avoid = append(s.avoid, failed.Addr)
	f := failure(err)
	s.line(p, 6, with{peer: failed, test: TestYes})
	if last := len(s.steps) - 1; last >= 0 && s.steps[last].Rule.Next == failed {
		s.steps[last].Failed = f
	}
	if !s.quiet {
		p.event(Event{Kind: EvLookupTimeout, Lookup: s.number, Key: s.key, Peer: failed, Failed: f})
	}
	if s.at == failed {
		p.goBack(s)
		return
	}
	p.apply(s)
}

// goBack asks the peer before the current one for another way.
func (p *Peer) goBack(s *search) {
	last := len(s.came) - 1
	if last < 0 || s.at == p.self && s.seed.IsZero() {
		p.retry(s)
		return
	}
	s.at = s.came[last]
	s.came = s.came[:last]
	if s.at == p.self && !s.seed.IsZero() {
		p.lookupFailed(s, "the known peer gave no way")
		return
	}
	p.apply(s)
}

// retry starts over shortly: the ring is being repaired just now.
func (p *Peer) retry(s *search) {
	p.shortly(s, func() {
		s.avoid, s.came = slices.Clone(s.never), nil
		s.at = p.self
		if s.seed.IsZero() {
			p.apply(s)
		} else {
			p.visit(s, s.seed)
		}
	})
}

// shortly goes on with a lookup after a while, longer each time.
func (p *Peer) shortly(s *search, again func()) {
	s.retries++
	if s.retries > maxRetries || p.cfg.Original {
		p.lookupFailed(s, "no way to an owner that confirms")
		return
	}
	p.after(p.strained(p.cfg.Timeout)/64<<s.retries, again)
}

// took records that the peer at applied r.
func (p *Peer) took(s *search, at Ref, r Rule) {
	s.steps = append(s.steps, HopTaken{At: at, Rule: r})
	if !s.quiet {
		p.event(Event{Kind: EvLookupHop, Lookup: s.number, Key: s.key, Peer: at, Rule: r})
	}
}

func (p *Peer) lookupDone(s *search, owner, predecessor Ref) {
	l := p.outcome(s)
	l.Owner, l.Predecessor, l.Confirmed = owner, predecessor, !p.cfg.Original
	if !slices.Contains(l.Path, owner) {
		l.Path = append(l.Path, owner)
	}
	s.line(p, 0, with{})
	if !s.quiet {
		p.event(Event{Kind: EvLookupDone, Lookup: s.number, Key: s.key, Peer: owner, Index: len(l.Path) - 1})
	}
	s.then(l)
}

func (p *Peer) lookupFailed(s *search, why string) {
	l := p.outcome(s)
	l.Failed = why
	s.line(p, 0, with{})
	if !s.quiet {
		p.event(Event{Kind: EvLookupFailed, Lookup: s.number, Key: s.key, Reason: why})
	}
	s.then(l)
}

// outcome is the lookup so far. Its path is everyone who was asked and gave an
// answer, which is everyone who applied a rule, in the order of their first.
func (p *Peer) outcome(s *search) Lookup {
	path := []Ref{p.self}
	for _, h := range s.steps {
		if !slices.Contains(path, h.At) {
			path = append(path, h.At)
		}
	}
	return Lookup{Number: s.number, Key: s.key, Recursive: s.recursive, Path: path, Steps: s.steps, Took: p.now - s.started, reply: s.reply}
}

func failure(err error) Failure {
	switch {
	case errors.Is(err, errTimeout):
		return TimedOut
	case errors.Is(err, errRefused):
		return Refused
	}
	return Declined
}
