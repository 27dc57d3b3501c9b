package chord

import "time"

// The bounds of Pace.
const (
	MinPace = 1.0 / 64
	MaxPace = 64.0
)

// setPace changes how fast maintenance runs. What is due comes sooner or later
// by as much.
func (p *Peer) setPace(factor float64) {
	if !(factor > 0) { // NaN too
		return
	}
	factor = min(max(factor, MinPace), MaxPace)
	if factor == p.pace {
		return
	}
	for t, at := range p.due {
		if at > p.now {
			p.due[t] = p.now + time.Duration(float64(at-p.now)*p.pace/factor)
		}
	}
	p.pace = factor
	p.fx.Changes.Pace = true
}

// MaxStrain bounds Strain.
const MaxStrain = 16.0

// setStrain changes how long time-outs, and the intervals of what only keeps the
// table right, are, and sets all timers back.
func (p *Peer) setStrain(factor float64, missed time.Duration) {
	if factor == factor { // no NaN
		p.strain = min(max(factor, 1), MaxStrain)
	}
	for i := range p.timers.ts {
		p.timers.ts[i].at += max(missed, 0)
	}
}

// strained returns how long is waited for what takes d on a machine that is not
// overloaded.
func (p *Peer) strained(d time.Duration) time.Duration {
	if p.strain == 1 {
		return d
	}
	return time.Duration(float64(d) * p.strain)
}

// paced returns how long an interval is at the pace of the moment.
func (p *Peer) paced(d time.Duration) time.Duration {
	if p.pace == 1 {
		return d
	}
	return max(time.Duration(float64(d)/p.pace), 1)
}

// lag is how long that waits which is otherwise done at once: nothing, but in a
// ring that is slowed down every step of a repair is to be seen, and on a machine
// that is overloaded everyone has to do less.
func (p *Peer) lag() time.Duration {
	return max(0, p.strained(p.paced(p.cfg.Stabilize))-p.cfg.Stabilize) / hurry
}
