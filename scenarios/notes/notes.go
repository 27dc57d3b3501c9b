// Package notes brings what is for the speaker of a scenario to a second
// terminal: the notes, the lines that come next, and how the play stands. The
// program that plays serves it, over the wire of the ring (proto/notes.proto)
// and with a key, so that the class sees none of it.
package notes

import (
	"time"

	pb "chordscope/proto"
)

// State is all that a speaker sees at one moment. It is never changed after it
// was shown or received.
type State struct {
	Title    string
	Chapter  string
	Caption  string   // what the class reads
	Notes    []string // for the speaker, while that caption stands
	Lines    []Line   // round the current one
	Current  int      // index in Lines of the one that runs, or runs next
	Place    int      // of that line in the scenario, from 1
	Total    int      // lines of the scenario
	Passed   int      // expectations that held
	Failed   int      // and that did not
	Paused   bool
	Speed    int           // binary logarithm: 1 is twice as fast
	Question string        // that is open; "" if none is
	Answer   string        // to it, as the scenario writes it; may be "" all the same
	Verdict  string        // how the scenario ended; "" while it plays
	Elapsed  time.Duration // since it began to play
}

// Line is one line of the scenario.
type Line struct {
	Number  int    // in its file, from 1
	Text    string // as written
	Outcome Outcome
}

// Outcome is what became of a line. The values are those of the wire.
type Outcome uint8

const (
	Pending Outcome = iota + 1
	Running
	Held // it ran, and what it claims held
	Failed
)

// message returns the state as the wire has it.
func (s *State) message() *pb.Notes {
	m := &pb.Notes{
		Title: s.Title, Chapter: s.Chapter, Caption: s.Caption, Notes: s.Notes,
		Current: uint32(s.Current), Place: uint32(s.Place), Total: uint32(s.Total),
		Passed: uint32(s.Passed), Failed: uint32(s.Failed), Paused: s.Paused, Speed: int32(s.Speed),
		Question: s.Question, Answer: s.Answer, Verdict: s.Verdict, ElapsedMillis: uint64(s.Elapsed.Milliseconds()),
	}
	for _, l := range s.Lines {
		m.Lines = append(m.Lines, &pb.ScriptLine{Number: uint32(l.Number), Text: l.Text, State: pb.ScriptLineState(l.Outcome)})
	}
	return m
}

// stateOf returns the state of a message, whatever is in it.
func stateOf(m *pb.Notes) State {
	s := State{
		Title: m.GetTitle(), Chapter: m.GetChapter(), Caption: m.GetCaption(), Notes: m.GetNotes(),
		Current: int(m.GetCurrent()), Place: int(m.GetPlace()), Total: int(m.GetTotal()),
		Passed: int(m.GetPassed()), Failed: int(m.GetFailed()), Paused: m.GetPaused(), Speed: int(m.GetSpeed()),
		Question: m.GetQuestion(), Answer: m.GetAnswer(), Verdict: m.GetVerdict(),
		Elapsed: time.Duration(min(m.GetElapsedMillis(), uint64(maxElapsed.Milliseconds()))) * time.Millisecond,
	}
	for _, l := range m.GetLines() {
		o := Outcome(l.GetState())
		if o < Pending || o > Failed {
			o = Pending
		}
		s.Lines = append(s.Lines, Line{Number: int(l.GetNumber()), Text: l.GetText(), Outcome: o})
	}
	s.Current = max(min(s.Current, len(s.Lines)-1), 0)
	return s
}

// maxElapsed is more than anybody plays.
const maxElapsed = 1000 * time.Hour
