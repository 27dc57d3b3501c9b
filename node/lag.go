package node

import (
	"time"

	"chordscope/node/chord"
)

// lag is how late the owner goroutine is woken: far more than a timer needs where
// more goroutines want to run than there are processors for. Where connections
// are short, it is how long a dial waits. Then answers are late as well, and the
// silence of others says little: peers that took each other for dead would make
// all the more work.
type lag struct {
	mean   time.Duration // of the latest times
	strain float64       // what the core was told; 0: nothing yet
}

const (
	usualLag = 5 * time.Millisecond
	// heavyLag, beyond the usual, doubles the time that others get to answer: a
	// request and its answer wait for a processor about six times.
	heavyLag = 20 * time.Millisecond
)

// note takes one more lateness into account, the bad news faster, and returns
// the strain.
func (l *lag) note(late time.Duration) float64 {
	late = max(late, 0)
	if late > l.mean {
		l.mean += (late - l.mean) / 2
	} else {
		l.mean += (late - l.mean) / 8
	}
	return min(1+float64(max(0, l.mean-usualLag))/float64(heavyLag), chord.MaxStrain)
}

// late tells the core if the strain has changed, or time was missed.
func (p *Peer) late(by time.Duration) {
	strain := p.lag.note(max(by, p.cfg.Budget.Delay()))
	told := max(p.lag.strain, 1)
	if strain > told*5/4 || strain < told*4/5 || strain == 1 && told > 1 || by > heavyLag {
		p.lag.strain = strain
		p.step(chord.Strain{Factor: strain, Missed: by})
	}
}
