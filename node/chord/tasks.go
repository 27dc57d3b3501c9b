package chord

import "time"

// Factors on the configured intervals.
const (
	hurry          = 8  // a task that has work runs this much more often
	placementEvery = 8  // placement checks are this many stabilize intervals apart
	maxCalm        = 3  // and up to 2^maxCalm times that while they find nothing
	settlePasses   = 2  // passes over the fingers that run fast after a change
	mostHaste      = 64 // runs of fix fingers that may be fast one after the other
	regained       = 2  // of them that come back in a fix interval
	throttle       = 50 // stabilize runs at most this many times an interval when hurried by others
)

// interval returns the mean time between two runs of a task.
func (p *Peer) interval(t Task) time.Duration {
	if t == TaskRepair { // others count on being told
		return p.paced(p.configured(t))
	}
	return p.strained(p.paced(p.configured(t)))
}

// configured is the same at the pace 1.
func (p *Peer) configured(t Task) time.Duration {
	switch t {
	case TaskFix:
		if p.unsettled > 0 && !p.cfg.Original {
			return p.haste.interval(p.cfg.Fix, p.now)
		}
		return p.cfg.Fix
	case TaskCheck:
		return p.cfg.Check
	case TaskRepair:
		return p.cfg.Repair
	case TaskPlacement:
		return p.cfg.Stabilize * placementEvery << p.calm
	}
	return p.cfg.Stabilize
}

// haste is how many runs of fix fingers may still be fast: a change is followed
// up at once, but in a ring that goes on changing, for example while many join,
// every peer would check again and again what changes once more.
type haste struct {
	spent float64       // of mostHaste
	at    time.Duration // when that was right
}

// interval is the mean time until the next run while there is work.
func (h *haste) interval(fix, now time.Duration) time.Duration {
	if h.left(fix, now) > 1 {
		return fix / hurry
	}
	return fix / regained
}

// left returns how many runs may be fast.
func (h *haste) left(fix, now time.Duration) float64 {
	h.spent = max(0, h.spent-regained*float64(now-h.at)/float64(fix))
	h.at = now
	return mostHaste - h.spent
}

// periodic lists the tasks that run by themselves. In the protocol of 2003
// stabilize includes reconcile and update when it runs by the clock.
func (p *Peer) periodic(t Task) bool {
	switch t {
	case TaskStabilize, TaskFix, TaskCheck, TaskRepair:
		return true
	case TaskPlacement:
		return p.cfg.Merge && !p.cfg.Original
	}
	return false
}

func (p *Peer) startTasks() {
	for t := range numTasks {
		if p.periodic(t) {
			p.again(t)
		}
	}
}

// again sets the next run of a task, varied by +-50 %.
func (p *Peer) again(t Task) {
	d := p.interval(t)
	p.due[t] = p.now + d/2 + p.jitter(d)
}

// jitter returns a random duration in [0, d].
func (p *Peer) jitter(d time.Duration) time.Duration {
	return time.Duration(p.rng.Int64N(int64(d) + 1))
}

// soon makes a task run in this Step, or, if it just ran or the ring is slowed
// down, shortly. It does nothing while paused, and nothing in the protocol of
// 2003, which knows only its timers.
func (p *Peer) soon(t Task) {
	if p.paused || p.cfg.Original || p.status != StatusMember || !p.periodic(t) {
		return
	}
	at := p.now + p.lag()
	if t == TaskStabilize {
		at = max(at, p.lastStabilize+p.interval(t)/throttle)
	}
	if p.due[t] == 0 || at < p.due[t] {
		p.due[t] = at
	}
}

// unsettle makes fix fingers run fast until the table has stood still for
// settlePasses passes.
func (p *Peer) unsettle() {
	wasSettled := p.unsettled == 0
	p.unsettled, p.calm = settlePasses, 0
	if wasSettled && !p.paused && p.status == StatusMember && p.due[TaskFix] > p.now+p.interval(TaskFix) {
		p.again(TaskFix)
	}
}

// slot returns what keeps a task from running twice at the same time.
func (p *Peer) slot(t Task) *bool {
	switch t {
	case TaskFix:
		return &p.fixing
	case TaskCheck:
		return &p.checking
	case TaskPlacement:
		return &p.placing
	case TaskRepair:
		return &p.data.repairing
	}
	return &p.busy
}

func (p *Peer) runTasks() {
	if p.status != StatusMember || p.paused {
		return
	}
	for t := range numTasks {
		if p.periodic(t) && p.due[t] <= p.now && !*p.slot(t) {
			p.again(t)
			p.start(t)
		}
	}
	if !p.busy && !p.adopt.IsZero() && p.adoptAt <= p.now {
		p.startAdopt()
	}
}

func (p *Peer) start(t Task) {
	switch {
	case t == TaskRepair:
		p.data.repairing = true
		p.repair()
	case p.cfg.Original:
		p.startOriginal(t)
	case t == TaskStabilize:
		p.busy = true
		p.lastStabilize = p.now
		p.stabilize()
	case t == TaskFix:
		p.fixing = true
		p.haste.spent++
		p.fixFingers()
	case t == TaskCheck:
		p.checkPredecessor()
	case t == TaskPlacement:
		p.placing = true
		p.checkPlacement()
	}
}

// nextWake is the earliest time at which something is due.
func (p *Peer) nextWake() time.Duration {
	var at time.Duration
	earliest := func(t time.Duration) {
		if at == 0 || t < at {
			at = max(t, p.now+1)
		}
	}
	if p.status == StatusGone {
		return 0
	}
	if t := p.nextTimer(); t > 0 {
		earliest(t)
	}
	if p.status == StatusMember && !p.paused {
		for t := range numTasks {
			if p.periodic(t) && !*p.slot(t) {
				earliest(p.due[t])
			}
		}
		if !p.busy && !p.adopt.IsZero() {
			earliest(p.adoptAt)
		}
	}
	return at
}

// sendNudge tells the predecessor that the list it copies has changed, so that
// a change runs back through the lists without waiting for the clock. It is
// sent at most once a Step.
func (p *Peer) sendNudge() {
	if p.nudge && !p.pred.IsZero() && p.pred.ID != p.self.ID && !p.paused && !p.cfg.Original && p.status == StatusMember {
		p.send(p.pred, Hint{})
	}
	p.nudge = false
}
