package scenarios

import (
	"encoding/json"
	"io"
	"math"
	"strings"
	"time"

	"chordscope/node/observe"
)

// jsonReporter writes one object a line. The field names are part of the
// program's interface.
type jsonReporter struct {
	w    io.Writer
	file string // of the scenario
}

type jsonLine struct {
	File    string `json:"file,omitempty"` // that the line is in, if it is an included one
	Line    int    `json:"line"`
	Command string `json:"command"`
	OK      bool   `json:"ok"`
	AtMS    int64  `json:"at_ms"` // since the ring was started
	Result  any    `json:"result,omitempty"`

	// Of an expectation that failed.
	Expected string      `json:"expected,omitempty"`
	Seen     string      `json:"seen,omitempty"`
	Peers    []string    `json:"peers,omitempty"`
	Trace    []jsonEvent `json:"trace,omitempty"` // the last of these peers

	Error string `json:"error,omitempty"` // why the line could not be carried out
}

// jsonEvent is something that a peer said of itself.
type jsonEvent struct {
	AtMS int64  `json:"at_ms"`
	Peer string `json:"peer"`
	Kind string `json:"kind"`
	Text string `json:"text"`
}

func jsonEvents(events []observe.Event) []jsonEvent {
	var out []jsonEvent
	for _, e := range events {
		out = append(out, jsonEvent{milliseconds(e.At), e.Peer, e.Kind, e.Text})
	}
	return out
}

type jsonReport struct {
	Scenario     string `json:"scenario"`
	Passed       bool   `json:"passed"`
	Expectations int    `json:"expectations"`
	Failed       int    `json:"failed"`
	DurationMS   int64  `json:"duration_ms"`
	Driver       string `json:"driver"`
	Error        string `json:"error,omitempty"`  // why the run ended early
	Replay       string `json:"replay,omitempty"` // of one that failed: the command that runs it in virtual time
}

// jsonRecovery is how the ring took a disturbance. Times are in milliseconds
// after it; what was never reached is left out.
type jsonRecovery struct {
	Number          uint64   `json:"number"`
	What            string   `json:"what"`
	Over            bool     `json:"over"`  // false: the scenario ended before it was
	AtMS            int64    `json:"at_ms"` // since the ring was started
	SuspectedMS     *float64 `json:"suspected_ms,omitempty"`
	RingMS          *float64 `json:"ring_ms,omitempty"`
	FingersMS       *float64 `json:"fingers_ms,omitempty"`
	KeysMS          *float64 `json:"keys_ms,omitempty"`
	Rounds          float64  `json:"rounds"` // intervals of stabilize until the ring was right
	Messages        uint64   `json:"messages"`
	LookupsFailed   int      `json:"lookups_failed"`
	LookupsTimedOut int      `json:"lookups_timed_out"`
}

func (j jsonReporter) recovery(rec *observe.Recovery) {
	writeJSON(j.w, struct {
		Recovery jsonRecovery `json:"recovery"`
	}{jsonRecovery{
		Number: rec.Number, What: rec.What, Over: rec.Over, AtMS: milliseconds(rec.At),
		SuspectedMS: moment(rec.Suspected), RingMS: moment(rec.Ring), FingersMS: moment(rec.Fingers), KeysMS: moment(rec.Keys),
		Rounds: math.Round(rec.Rounds*100) / 100, Messages: rec.Messages,
		LookupsFailed: rec.LookupsFailed, LookupsTimedOut: rec.LookupsTimedOut,
	}})
}

// moment returns milliseconds with one decimal.
func moment(m observe.Moment) *float64 {
	if !m.Reached {
		return nil
	}
	ms := math.Round(float64(m.After)/1e5) / 10
	return &ms
}

func (j jsonReporter) line(l Line, res Result) {
	out := jsonLine{File: j.included(l), Line: l.Number, Command: l.Text, OK: res.OK, AtMS: milliseconds(res.At), Result: res.Payload}
	if res.Failed {
		out.Expected, out.Seen, out.Peers, out.Trace = res.Expected, res.Seen, res.Peers, jsonEvents(res.Trace)
	}
	if res.Err != nil {
		out.Error = whyStopped(res.Err)
	}
	writeJSON(j.w, out)
}

func (j jsonReporter) end(rep Report, replay string) {
	if rep.Unfinished != nil {
		j.recovery(rep.Unfinished)
	}
	out := jsonReport{
		Scenario: rep.Scenario, Passed: rep.Passed(), Expectations: rep.Expectations, Failed: rep.Failed,
		DurationMS: milliseconds(rep.Duration), Driver: rep.Driver, Replay: replay,
	}
	switch {
	case rep.Interrupted:
		out.Error = "interrupted"
	case rep.TimedOut != "":
		out.Error = rep.TimedOut
	case rep.Err != nil:
		out.Error = rep.Err.Error()
	}
	writeJSON(j.w, out)
}

// included names the file of a line from elsewhere. A shipped scenario has a
// name without the ending of its file.
func (j jsonReporter) included(l Line) string {
	if strings.TrimSuffix(l.File, extension) == strings.TrimSuffix(j.file, extension) {
		return ""
	}
	return l.File
}

func milliseconds(d time.Duration) int64 { return d.Milliseconds() }

// writeJSON writes v as one line. What cannot be written, because nobody reads
// any more, is lost.
func writeJSON(w io.Writer, v any) {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // "->" stays readable
	_ = e.Encode(v)
}
