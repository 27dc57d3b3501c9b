package scenarios

import (
	"time"
	"unicode/utf8"

	"chordscope/node/observe"
)

// Exit statuses of the commands that run or check scenarios.
const (
	ExitOK          = 0
	ExitFailed      = 1 // an expectation failed
	ExitWrong       = 2 // the file or the set-up is wrong
	ExitInterrupted = 130
)

// Result is how one line ended.
type Result struct {
	OK   bool          // it was carried out, and if it is a claim it held
	Text string        // a sentence for people; of title, chapter, say and note their text
	At   time.Duration // when it ended, on the system's clock

	// BrokenOff is set for a claim that was not waited for to its end, by Haste: it
	// neither held nor failed.
	BrokenOff bool

	// Of a claim that did not hold, and of a put, get, delete or load that failed.
	Failed   bool
	Expected string
	Seen     string
	Trace    []observe.Event // the last of the peers involved, oldest first

	Peers   []string        // the names of the peers involved
	Lookup  *observe.Lookup // of a lookup, and the way of a put, get or delete that was answered
	Access  *observe.Access // of a put, get or delete
	Answer  *Answer         // of an ask: the right one, also if the line has another
	Payload any             // the "result" of the JSON report; nil: none

	// Breaches are what always should hold and broke while this line ran.
	Breaches []Breach

	// Recoveries are what the ring had recovered from while this line ran.
	Recoveries []observe.Recovery

	// Err says why the line could not be carried out; it ends the run.
	Err error
}

// ReadingTime is how long a text takes to be read, or spoken, at most so long
// that nobody thinks the lesson is over.
func ReadingTime(text string) time.Duration {
	const perLetter, longest = 45 * time.Millisecond, 8 * time.Second
	return min(time.Second+perLetter*time.Duration(utf8.RuneCountInString(text)), longest)
}

// Progress tells of a run, before each line and after it.
type Progress struct {
	Index  int // of the line in Scenario.Lines
	Line   Line
	Done   bool   // the line has ended
	Result Result // if Done
}

// Report is how a run ended.
type Report struct {
	Scenario     string
	Driver       string
	Seed         uint64
	Expectations int           // claims that were judged, and commands that failed
	Failed       int           // of these
	Duration     time.Duration // by the system's clock
	Err          error         // the set-up error that ended it; nil: none
	Interrupted  bool          // it was ended from outside
	TimedOut     string        // what took longer than it might; "" if it ended in time
	// Unfinished is what the ring was still recovering from when the last line
	// had ended; nil: nothing.
	Unfinished *observe.Recovery
}

// Passed reports whether the whole scenario ran and every claim held.
func (r Report) Passed() bool { return r.ExitCode() == ExitOK }

// ExitCode is the status of a process that ran only this scenario.
func (r Report) ExitCode() int {
	switch {
	case r.Interrupted:
		return ExitInterrupted
	case r.Err != nil:
		return ExitWrong
	case r.Failed > 0, r.TimedOut != "":
		return ExitFailed
	}
	return ExitOK
}

// add counts a line that ended. A command that says of itself that it failed,
// as a put may, counts as an expectation that did not hold.
func (r *Report) add(l Line, res Result) {
	if (l.Claim || res.Failed) && !res.BrokenOff && res.Err == nil {
		r.Expectations++
		if res.Failed {
			r.Failed++
		}
	}
	r.Failed += len(res.Breaches) // each was counted as an expectation at its own line
}
