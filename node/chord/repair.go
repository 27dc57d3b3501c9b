package chord

import (
	"slices"
	"time"

	"chordscope/node/ring"
)

const (
	maxCovers  = 16  // requests of others to vouch for copies, at a time; and offers of ours in one round
	maxCollect = 256 // tombstones that go in one round
)

// repair is the periodic task of the data layer. First the own range is made
// complete, then the replicas are brought in step with it, then copies are
// dropped that are kept for nobody any more.
func (p *Peer) repair() {
	p.line(ProcRepair, 1, with{})
	own, _ := p.own()
	p.line(ProcRepair, 2, with{in: own, test: tested(!p.ownSettled(own))})
	p.settle(func() {
		p.line(ProcRepair, 3, with{refs: p.others()})
		p.syncReplicas(func() {
			p.line(ProcRepair, 5, with{})
			p.dropSurplus(maxCovers, func() {
				p.data.repairing = false
				p.endRun(ProcRepair)
			})
		})
	})
}

// repairIn makes repair run after d, if it would not sooner.
func (p *Peer) repairIn(d time.Duration) {
	if !p.paused {
		p.due[TaskRepair] = min(p.due[TaskRepair], p.now+d)
	}
}

// syncReplicas brings the first k-1 successors in step with the own range. When
// all are, tombstones may go, and so may copies on others.
func (p *Peer) syncReplicas(then func()) {
	own, ok := p.own()
	if !ok || !p.ownSettled(own) {
		then()
		return
	}
	news := p.data.news
	p.data.news = false
	p.stepTargets(own, true, func(holders []Ref, enough bool) {
		switch now, ok := p.own(); {
		case !enough || !ok || now != own || p.data.news: // it has changed under way
			p.data.news = p.data.news || news
		default:
			if news {
				p.tellSurplus(own, holders)
			}
			p.collect(own)
		}
		then()
	})
}

// stepTargets brings as many of the list in step with us on rng as replicas are
// wanted, and tells who they are and whether these are all that there can be.
// With claim they are counted on for the range from now on.
func (p *Peer) stepTargets(rng ring.Interval, claim bool, then func(holders []Ref, enough bool)) {
	want := p.cfg.Replicas - 1
	if p.data.departing != staying {
		want++ // one instead of us
	}
	queue := p.targets()
	var holders []Ref
	var next func()
	next = func() {
		if len(holders) >= want || len(queue) == 0 {
			then(holders, len(holders) >= want || p.comesRound() && len(holders) == len(p.targets()))
			return
		}
		to := queue[0]
		queue = queue[1:]
		p.line(ProcRepair, 4, with{peer: to, in: rng})
		why := CauseRepair
		if p.data.departing != staying {
			why = CauseLeave
		}
		p.reconcile(&reconciliation{with: to, todo: []ring.Interval{rng}, claim: claim, pull: true, push: true, why: why, then: func(r *reconciliation, err error) {
			if err != nil { // the next one takes its place
				if claim && refusedWith(err, CodeUnavailable) {
					p.leaves(to)
				}
				next()
				return
			}
			holders = append(holders, to)
			if claim && !slices.Contains(p.data.counted, to) && len(p.data.counted) < maxClaims {
				p.data.counted = append(p.data.counted, to)
			}
			if claim && r.differed {
				ask(p, to, Compare{Range: rng, Digest: p.data.items.Digest(rng), Claim: true, InStep: true}, func(Compared, error) { next() })
				return
			}
			next()
		}})
	}
	next()
}

// tellSurplus tells, once after every change, whoever may keep something of ours
// and need not: those behind the holders, and those who were holders until now.
func (p *Peer) tellSurplus(own ring.Interval, holders []Ref) {
	told := slices.Clone(holders)
	for _, r := range append(slices.Clone(p.succs), p.data.counted...) {
		if r.ID != p.self.ID && !slices.Contains(told, r) {
			told = append(told, r)
			p.send(r, Surplus{Range: own})
		}
	}
	p.data.counted = holders
}

// collect drops tombstones older than the grace time, which all holders have, at
// the others first: a tombstone that is missing only there comes back and goes
// with the next round. Those behind the holders are told too, since they may
// have an older value left that they have not offered us yet.
func (p *Peer) collect(own ring.Interval) {
	old := p.data.items.Old(own, p.now-p.cfg.Grace, maxCollect)
	if p.now < p.cfg.Grace || len(old) == 0 {
		return
	}
	var c Collect
	for _, it := range old {
		c.Keys, c.Versions = append(c.Keys, it.Key), append(c.Versions, it.Version)
	}
	waiting, failed := 1, false
	done := func(_ Ack, err error) {
		failed = failed || err != nil
		if waiting--; waiting == 0 && !failed {
			p.collected(c)
			p.event(Event{Kind: EvCollected, Index: len(c.Keys), Range: own})
		}
	}
	for _, r := range p.others() {
		waiting++
		ask(p, r, c, done)
	}
	done(Ack{}, nil)
}

// collected is also the handler of Collect: tombstones go, and what is older.
func (p *Peer) collected(c Collect) {
	for i, k := range c.Keys {
		if it, ok := p.data.items.Get(k); ok && i < len(c.Versions) && it.Version.Compare(c.Versions[i]) <= 0 {
			p.drop(k)
		}
	}
}
