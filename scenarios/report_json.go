package scenarios

import (
	"io"
	"time"
)

// jsonReporter writes one object a line. The field names are part of the
// program's interface.
type jsonReporter struct{ w io.Writer }

type jsonLine struct {
	Line    int    `json:"line"`
	Command string `json:"command"`
	OK      bool   `json:"ok"`
	AtMS    int64  `json:"at_ms"` // since the ring was started
	Result  any    `json:"result,omitempty"`

	// Of an expectation that failed.
	Expected string   `json:"expected,omitempty"`
	Seen     string   `json:"seen,omitempty"`
	Peers    []string `json:"peers,omitempty"`

	Error string `json:"error,omitempty"` // why the line could not be carried out
}

type jsonReport struct {
	Scenario     string `json:"scenario"`
	Passed       bool   `json:"passed"`
	Expectations int    `json:"expectations"`
	Failed       int    `json:"failed"`
	DurationMS   int64  `json:"duration_ms"`
	Driver       string `json:"driver"`
	Error        string `json:"error,omitempty"` // why the run ended early
}

func (j jsonReporter) line(l Line, res Result) {
	out := jsonLine{Line: l.Number, Command: l.Text, OK: res.OK, AtMS: milliseconds(res.At), Result: res.Payload}
	if res.Failed {
		out.Expected, out.Seen, out.Peers = res.Expected, res.Seen, res.Peers
	}
	if res.Err != nil {
		out.Error = res.Err.Error()
	}
	writeJSON(j.w, out)
}

func (j jsonReporter) end(rep Report) {
	out := jsonReport{
		Scenario: rep.Scenario, Passed: rep.Passed(), Expectations: rep.Expectations, Failed: rep.Failed,
		DurationMS: milliseconds(rep.Duration), Driver: rep.Driver,
	}
	switch {
	case rep.Interrupted:
		out.Error = "interrupted"
	case rep.Err != nil:
		out.Error = rep.Err.Error()
	}
	writeJSON(j.w, out)
}

func milliseconds(d time.Duration) int64 { return d.Milliseconds() }
