package chord

import (
	"slices"
	"time"

	"chordscope/node/ring"
)

// joinAttempts is how often a join is tried in all; it fails when the ring is
// moving under it, or when a seed is gone.
const joinAttempts = 24

// longestRetry bounds the first pauses between them, for rings with long
// intervals: a newcomer has no reason to be as slow.
const longestRetry = 100 * time.Millisecond

type joinState struct {
	seeds    []Ref
	attempts int
}

// startJoin begins a join, or gives the one under way more seeds.
func (p *Peer) startJoin(seeds []Ref) {
	if p.status != StatusIdle && p.status != StatusJoining {
		return
	}
	for _, s := range seeds {
		if p.another(s) && !slices.Contains(p.join.seeds, s) && len(p.join.seeds) < bookSize {
			p.join.seeds = append(p.join.seeds, s)
			p.book.hearOf(p, s)
		}
	}
	switch {
	case p.status == StatusJoining:
	case len(p.join.seeds) == 0:
		p.joinFailed("no peer of the ring is known", false)
	default:
		p.become(StatusJoining)
		p.event(Event{Kind: EvJoining, Peer: p.join.seeds[0]})
		p.tryJoin()
	}
}

// tryJoin looks for the place of our own identifier (ToN figure 6, join), and
// becomes a member there with the list of the peer before us, so that it never
// has a list of one only (Zave 2017, Join).
func (p *Peer) tryJoin() {
	seed := p.join.seeds[p.join.attempts%len(p.join.seeds)]
	former := []string{p.self.Addr} // our own former life may still be remembered
	p.lineOfJoin(1, with{peer: seed})
	p.lineOfJoin(2, with{peer: seed, key: p.self.ID})
	p.startSearch(&search{key: p.self.ID, seed: seed, never: former, quiet: true, retries: maxRetries - 3, then: func(l Lookup) {
		switch {
		case l.Failed != "":
			p.retryJoin(l.Failed)
		case p.cfg.Original:
			p.originalJoin(l.Owner)
		case l.Owner.ID == p.self.ID:
			p.line(ProcJoin, 3, with{peer: l.Owner, test: TestYes})
			p.joinTaken(l.Owner)
		default:
			p.line(ProcJoin, 3, with{peer: l.Owner, test: TestNo})
			p.joinBefore(l.Owner)
		}
	}})
}

// joinBefore asks the owner of our identifier who precedes it.
func (p *Peer) joinBefore(owner Ref) {
	p.line(ProcJoin, 4, with{peer: owner})
	ask(p, owner, GetState{}, func(st State, err error) {
		m := st.Predecessor
		gap := ring.Open(m.ID, owner.ID)
		switch {
		case err != nil:
			p.retryJoin("the successor-to-be did not answer: " + err.Error())
		case len(st.Successors) == 0: // a ring of one
			p.joinAfter(owner)
		case !p.usable(m) || !gap.Contains(p.self.ID):
			p.line(ProcJoin, 5, with{peer: m, other: owner, in: gap, test: TestNo})
			p.retryJoin("the ring is moving here")
		default:
			p.line(ProcJoin, 5, with{peer: m, other: owner, in: gap, test: TestYes})
			p.joinAfter(m)
		}
	})
}

// joinAfter takes over the list of m, our predecessor-to-be.
func (p *Peer) joinAfter(m Ref) {
	p.line(ProcJoin, 6, with{peer: m})
	ask(p, m, GetState{Fingers: true}, func(st State, err error) {
		if err != nil {
			p.retryJoin("the predecessor-to-be did not answer: " + err.Error())
			return
		}
		list := slices.DeleteFunc(slices.Clone(st.Successors), func(r Ref) bool { return !p.usable(r) })
		if len(list) == 0 {
			list = []Ref{m}
		} else if !ring.Open(m.ID, list[0].ID).Contains(p.self.ID) {
			p.retryJoin("the ring is moving here")
			return
		}
		p.become(StatusMember)
		p.setSuccessors(list[0], list[1:], CauseJoin)
		p.setPredecessor(m, CauseJoin)
		p.line(ProcJoin, 7, with{peer: m, refs: p.succs})
		p.line(ProcJoin, 8, with{peer: m})
		p.guessFingers(append(append(st.Fingers[:len(st.Fingers):len(st.Fingers)], list...), m))
		p.joined()
	})
}

// joined ends a join. Nobody knows of us yet: stabilize tells the successor at
// once, and the predecessor hears of us from there.
func (p *Peer) joined() {
	p.event(Event{Kind: EvJoined, Peer: p.successor(), Old: p.pred})
	p.fx.Joined = true
	p.nudge = false
	p.line(ProcJoin, 9, with{peer: p.successor(), test: tested(!p.paused)})
	p.endJoin()
	p.startTasks()
	p.soon(TaskStabilize)
	p.soon(TaskFix)
}

func (p *Peer) joinTaken(by Ref) {
	p.joinFailed("the identifier "+p.space.Format(p.self.ID)+" is taken by the peer at "+by.Addr, true)
}

func (p *Peer) retryJoin(why string) {
	p.endJoin()
	p.join.attempts++
	if p.join.attempts >= joinAttempts {
		p.joinFailed(why, false)
		return
	}
	d := min(p.cfg.Stabilize/8, longestRetry) * time.Duration(1+p.join.attempts/4) // more patient each time
	p.after(d/2+p.jitter(d), func() {
		if p.status == StatusJoining {
			p.tryJoin()
		}
	})
}

// lineOfJoin is line for what both protocols do, in the same lines.
func (p *Peer) lineOfJoin(n int, w with) {
	if p.cfg.Original {
		p.line(ProcOriginalJoin, n, w)
	} else {
		p.line(ProcJoin, n, w)
	}
}

func (p *Peer) endJoin() {
	p.endRun(ProcJoin)
	p.endRun(ProcOriginalJoin)
}

func (p *Peer) joinFailed(why string, taken bool) {
	p.endJoin()
	p.event(Event{Kind: EvJoinFailed, Reason: why})
	p.fx.Failed, p.fx.Taken = why, taken
	p.become(StatusGone)
}
