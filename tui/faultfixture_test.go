package tui

import (
	"slices"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

var (
	aCut   = observe.LinkFault{Cut: true}
	aDelay = observe.LinkFault{Delay: 200 * time.Millisecond, Jitter: 50 * time.Millisecond}
	aStall = observe.LinkFault{Stall: 0.3}
)

// fault breaks the way from one peer of a picture to another.
func fault(pic *observe.Picture, from, to uint64, f observe.LinkFault) {
	a, b := ring.FromUint64(from), ring.FromUint64(to)
	pic.Faults = append(pic.Faults, observe.Fault{
		From: a, FromName: "N" + pic.Space.Format(a), To: b, ToName: "N" + pic.Space.Format(b), LinkFault: f,
	})
}

// parted cuts each of the sides off from all others.
func parted(pic *observe.Picture, sides ...[]uint64) *observe.Picture {
	for i, side := range sides {
		for _, from := range side {
			for _, to := range slices.Concat(slices.Delete(slices.Clone(sides), i, i+1)...) {
				fault(pic, from, to, aCut)
			}
		}
	}
	return pic
}

// ends returns what took so long.
func ends(ms int) observe.Moment {
	return observe.Moment{Reached: true, After: time.Duration(ms) * time.Millisecond}
}

// killed is a recovery that is over.
func killed() observe.Recovery {
	return observe.Recovery{
		Number: 1, What: "kill N8 N14", At: 10 * time.Second,
		Suspected: ends(12), Ring: ends(80), Fingers: ends(1200), Keys: ends(340), Messages: 1312, Rounds: 0.4, Over: true,
	}
}

// faultyPicture is the paper's ring with a link of each kind of fault, a frozen
// peer, no registry, and two recoveries of which one is under way.
func faultyPicture() *observe.Picture {
	w := newWorld(6, 3, paperRing...).set(observe.StateSilent, 18*time.Second, 3)
	w.peers[3].Frozen, w.peers[3].PID = true, 4711
	pic := w.withKeys(numberedKeys(w.space, 10, 24, 30, 38, 54))
	pic.Registry.Up = false
	fault(pic, 1, 38, aCut)
	fault(pic, 38, 1, aCut)
	fault(pic, 42, 56, aDelay)
	fault(pic, 51, 14, aStall)
	fault(pic, 14, 51, aStall)
	pic.Recoveries = []observe.Recovery{killed(), {
		Number: 2, What: "freeze N21", At: 18 * time.Second,
		Suspected: ends(640), Ring: ends(900), Messages: 412, LookupsFailed: 1, LookupsTimedOut: 2, Rounds: 4.5,
	}}
	pic.Events = someEvents()
	return pic
}

// partedPicture is the paper's ring in two sides, with a cut link within one.
func partedPicture() *observe.Picture {
	pic := parted(newWorld(6, 3, paperRing...).picture(), []uint64{8, 14, 21, 32}, []uint64{1, 38, 42, 48, 51, 56})
	fault(pic, 14, 32, aCut)
	pic.Events = someEvents()
	return pic
}
