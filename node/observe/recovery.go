package observe

import (
	"slices"
	"time"

	"chordscope/node/chord"
)

// Recovery is how the ring came back after one disturbance: a command that
// breaks or mends something, or peers that crash, fall silent or come back
// though nobody has announced it. It takes in all that a command hits at once.
//
// All that is measured is seen from outside, as by the Picture:
//
//   - At is when the command was given, or, if nothing was announced, when any
//     peer first noticed it.
//   - The disturbance strikes when the first peer is hit, or anything is seen to
//     be wrong, or a peer gives somebody up or changes a pointer. Nothing counts
//     as reached before that.
//   - Suspected is reached when a peer first suspects or gives up one that was
//     hit, or turns a pointer away from it. If none is hit, as by a cut of a link,
//     the first such sign about anybody counts.
//   - Ring is reached when every successor and predecessor is right, and all
//     lists are in order.
//   - Fingers is reached when moreover every finger and every list is right.
//   - Keys is reached when every key that is not lost is healthy. A value that
//     was written since At is given a second to get its copies.
//   - What was right all the time is reached after 0, and what turns wrong again
//     is not reached until it is right again.
//
// A Recovery is over once Ring, Fingers and Keys have all been reached and
// nothing has gone wrong for three stabilize intervals, at least a second; or
// ten intervals, at least three seconds, if nothing strikes: then the ring has
// taken no harm. It is over at once if somebody joins or leaves after all was
// reached, since what follows has another cause.
//
// A second disturbance meanwhile begins a Recovery of its own, which then also
// counts what was left to repair; the first one is Interrupted. Whoever breaks
// twice asks how long it takes from the second time. Several peers that crash
// unannounced within a second of each other are one disturbance.
type Recovery struct {
	Number uint64 // grows, unique in a Picture's life
	What   string // "kill N8 N14", "N8 crashed"
	At     time.Duration
	// Suspected need not be reached for a Recovery to be over.
	Suspected, Ring, Fingers, Keys Moment
	// Messages are those of all peers until the last of Ring, Fingers and Keys
	// was reached, ordinary maintenance too, as far as peers have told of them.
	// They do that now and then, so what they sent shortly before At is
	// estimated and left out.
	Messages uint64
	// Lookups of the whole time in which it was under way: those that failed,
	// and those that lost time on a peer that did not answer.
	LookupsFailed, LookupsTimedOut int
	Lost                           int     // keys that went since At and have not come back
	Rounds                         float64 // stabilize intervals until Ring; 0 before
	Over                           bool
	Interrupted                    bool // by the next one: what was not reached by then is not
}

// Moment is when something was reached, counted from the begin of a Recovery.
type Moment struct {
	Reached bool
	After   time.Duration // 0 if not reached
}

// keepRecoveries is how many a Picture has.
const keepRecoveries = 16

// Disturbed begins a Recovery. Drivers call it right before they break
// something, or mend it, with the command as its name: once for a command,
// whatever that hits.
func (s *Store) Disturbed(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begin(what, s.cfg.Clock(), true)
	s.touch()
}

// recoveries are the latest ones, and what is needed to begin the next.
type recoveries struct {
	number uint64      // of the last one
	all    []*recovery // oldest first
	now    *recovery   // the last, while it is under way

	// signs say when a peer was first noticed to be missing: since the begin
	// of the Recovery under way, or else lately.
	signs map[chord.Ref]time.Duration
	sound soundness
}

// recovery is a Recovery as it is measured.
type recovery struct {
	Recovery
	announced bool          // by a driver
	blow      time.Duration // when somebody was last hit, came or went, or it was begun
	hits      []hit
	struck    bool          // it has had an effect
	first     Moment        // the first sign about anybody
	right     bool          // nothing is wrong now
	calm      time.Duration // since when nothing has been wrong, and nobody suspected
	pace      float64       // messages a second of one peer, before it began
	sent      uint64        // messages since it began
	late      map[lookupID]bool
	lost      int // keys that had been lost before
}

// hit is a peer that was hit, and by what if it was not announced.
type hit struct {
	ref chord.Ref
	how string
}

// begin begins a recovery, and ends the one under way.
func (s *Store) begin(what string, at time.Duration, announced bool) *recovery {
	h, now := &s.healing, s.cfg.Clock()
	if r := h.now; r != nil {
		r.Interrupted = !r.struck || !r.right
		s.finish(r)
	}
	for ref, seen := range h.signs {
		if announced || seen < at {
			delete(h.signs, ref)
		}
	}
	h.number++
	r := &recovery{
		Recovery:  Recovery{Number: h.number, What: what, At: at},
		announced: announced, blow: now, late: make(map[lookupID]bool), lost: s.keys.sums.Lost,
		pace: s.rate.perSecond(now) / float64(max(1, len(s.peers))),
	}
	h.now = r
	h.all = append(h.all, r)
	h.all = h.all[max(0, len(h.all)-keepRecoveries):]
	h.sound.stale = true
	s.follow(nil)
	return r
}

// finish ends the recovery under way. What it was measured with is not needed
// any more.
func (s *Store) finish(r *recovery) {
	r.Suspected, r.Lost = r.suspected(s.healing.signs), max(0, s.keys.sums.Lost-r.lost)
	r.Over, r.late, r.hits = true, nil, nil
	s.healing.now = nil
}

// lastRecoveries returns those that a Picture shows.
func (s *Store) lastRecoveries() []Recovery {
	var out []Recovery
	for _, r := range s.healing.all {
		if !r.Over {
			r.Suspected, r.Lost = r.suspected(s.healing.signs), max(0, s.keys.sums.Lost-r.lost)
		}
		out = append(out, r.Recovery)
	}
	return out
}

func (r *recovery) hasHit(ref chord.Ref) bool {
	return slices.ContainsFunc(r.hits, func(h hit) bool { return h.ref == ref })
}

// suspected finds the first sign about a peer that was hit.
func (r *recovery) suspected(signs map[chord.Ref]time.Duration) Moment {
	if len(r.hits) == 0 {
		return r.first
	}
	m := Moment{}
	for _, h := range r.hits {
		if at, seen := signs[h.ref]; seen && (!m.Reached || at-r.At < m.After) {
			m = Moment{true, max(0, at-r.At)}
		}
	}
	return m
}
