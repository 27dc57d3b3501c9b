package observe

import (
	"strconv"
	"time"

	"chordscope/node/chord"
)

const (
	keepRuns  = 64 // in a Picture
	keepLines = 64 // of a run
)

// runs are the runs of procedures that traced peers told of.
type runs struct {
	list   []*run // in the order in which they began
	open   map[runID]*run
	number uint64
}

type runID struct {
	peer   chord.Ref
	number uint64 // at the peer
}

// run is one run. Its lines get their words when a Picture shows them.
type run struct {
	Run
	id   runID
	text *procedure
	raw  []rawLine // not said yet
}

type rawLine struct {
	at time.Duration
	chord.Event
}

// takeLine enters a line that a traced peer has come to; line 0 ends the run.
func (s *Store) takeLine(self chord.Ref, at time.Duration, e chord.Event) {
	rs, id := &s.runs, runID{self, e.Run}
	r := rs.open[id]
	switch text := procedures[e.Proc]; {
	case e.Line == 0 && r != nil:
		s.endRun(r)
		return
	case e.Line < 1 || text == nil || e.Line > len(text.steps): // an end whose beginning was missed, or no line of ours
		return
	case r == nil:
		rs.number++
		r = &run{id: id, text: text}
		r.Run = Run{Number: rs.number, Peer: self.ID, Procedure: &text.Procedure, Started: at}
		rs.open[id] = r
		if len(rs.list) >= 4*keepRuns {
			s.forgetRuns(len(rs.list) - keepRuns)
		}
		rs.list = append(rs.list, r)
	}
	r.raw = append(r.raw, rawLine{at, e})
	if over := len(r.raw) - keepLines; over > 0 {
		r.raw = r.raw[over:]
	}
}

func (s *Store) endRun(r *run) {
	r.Done = true
	delete(s.runs.open, r.id)
}

// endRuns ends the runs of a peer that does not tell how they end.
func (s *Store) endRuns(self chord.Ref) {
	for id, r := range s.runs.open { // few or none
		if id.peer == self {
			s.endRun(r)
		}
	}
}

// forgetRuns drops the n runs that began first.
func (s *Store) forgetRuns(n int) {
	for _, r := range s.runs.list[:n] {
		delete(s.runs.open, r.id)
	}
	s.runs.list = append(s.runs.list[:0], s.runs.list[n:]...)
}

// lastRuns returns the runs that a Picture shows.
func (s *Store) lastRuns() []Run {
	list := s.runs.list[max(0, len(s.runs.list)-keepRuns):]
	if len(list) == 0 {
		return nil
	}
	out := make([]Run, len(list))
	for i, r := range list {
		n := s.namer()
		n.lower = 0 // as the procedures have it, which are the papers'
		r.say(n)
		out[i] = r.Run
	}
	return out
}

// say writes the lines that have come since it was called last. Older Pictures
// share the slice, and none of its elements is ever changed.
func (r *run) say(n namer) {
	if r.PeerName == "" {
		r.PeerName = n.peer(r.Peer)
	}
	for i := range r.raw {
		l := &r.raw[i]
		w := words{namer: n, Event: &l.Event, self: r.Peer}
		step := &r.text.steps[l.Line-1]
		r.Lines = append(r.Lines, RunLine{At: l.at, Line: l.Line, Values: step.values(w), Why: step.because(w)})
	}
	r.raw = nil
	if over := len(r.Lines) - keepLines; over > 0 {
		r.Lines = r.Lines[over:]
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
