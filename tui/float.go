package tui

import (
	"math"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// Who is not in the ring stands outside the circle: a newcomer until it is a
// member, and who has left. They spring to their place when that changes.

// outsideRest is how far out that is, in drifts.
const outsideRest = 1.0

// rest is where a peer in a state comes to rest.
func rest(s observe.State) float64 {
	if s == observe.StateJoining || s == observe.StateLeft {
		return outsideRest
	}
	return 0
}

// floats are the peers that are on their way out of the circle or into it.
type floats struct {
	pic *observe.Picture // the last one
	at  map[ring.ID]*float
}

type float struct{ place, speed, rest float64 }

const (
	entrance  = 1.5 // how much further out than its rest a newcomer appears
	mostFloat = 24  // newcomers at once; of more none is seen coming
	stiffness = 130 // of the spring, 1/s²
	friction  = 13  // 1/s: it swings over once
	settled   = 0.02
)

// follow lets peers set out for where a new picture has them.
func (fl *floats) follow(pic *observe.Picture, noMotion bool) {
	before := fl.pic
	fl.pic = pic
	if before == nil || len(before.Peers) == 0 || noMotion || before.Space != pic.Space {
		fl.at = nil
		return
	}
	old := before.Peers
	var fresh []*observe.Peer
	for i := range pic.Peers {
		p := &pic.Peers[i]
		for len(old) > 0 && old[0].ID.Less(p.ID) {
			old = old[1:]
		}
		switch {
		case len(old) == 0 || old[0].ID != p.ID:
			fresh = append(fresh, p)
		case rest(old[0].State) != rest(p.State):
			fl.send(p, rest(old[0].State))
		}
	}
	if len(fresh) <= mostFloat {
		for _, p := range fresh {
			fl.send(p, rest(p.State)+entrance)
		}
	}
}

// send lets a peer float from a place, or from where it floats already.
func (fl *floats) send(p *observe.Peer, from float64) {
	if fl.at == nil {
		fl.at = make(map[ring.ID]*float)
	}
	if f := fl.at[p.ID]; f != nil {
		f.rest = rest(p.State)
		return
	}
	fl.at[p.ID] = &float{place: from, rest: rest(p.State)}
}

func (fl *floats) moving() bool { return len(fl.at) > 0 }

// advance moves all of them on, and lets go of those that have come to rest.
func (fl *floats) advance(by time.Duration) {
	const step = 4 * time.Millisecond // short enough for the spring
	for id, f := range fl.at {
		for t := time.Duration(0); t < by; t += step {
			f.speed += (stiffness*(f.rest-f.place) - friction*f.speed) * step.Seconds()
			f.place += f.speed * step.Seconds()
		}
		if math.Abs(f.place-f.rest) < settled && math.Abs(f.speed) < 10*settled {
			delete(fl.at, id)
		}
	}
}

// out is how far outside the circle a peer stands.
func (fl *floats) out(p *observe.Peer) float64 {
	if f := fl.at[p.ID]; f != nil {
		return f.place
	}
	return rest(p.State)
}
