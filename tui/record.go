package tui

import (
	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/scenarios"
	"chordscope/tui/draw"
)

// recording writes down what is done with the ring, for all screens of a
// session. Its methods are safe for concurrent use.
type recording struct {
	*scenarios.Recorder
	kept bool // somebody else keeps it, and it never stops
	tell func(*viewer, tea.Msg)
}

// recordMsg says whether what is done is recorded from now on.
type recordMsg bool

// newRecording records what kept does, from the start on, or, if it is nil,
// once somebody wants it to.
func newRecording(kept *scenarios.Recorder, tell func(*viewer, tea.Msg)) *recording {
	if kept != nil {
		tell(nil, recordMsg(true))
		return &recording{kept, true, tell}
	}
	r := scenarios.NewRecorder()
	r.Stop()
	return &recording{r, false, tell}
}

// toggleRecording begins a recording, or asks where it is to be kept. It goes on
// until it has been.
func (m *Model) toggleRecording() tea.Cmd {
	switch {
	case m.recorder == nil:
		return nil
	case m.guest():
		return m.lookOn()
	case m.remote():
		return m.refuseFiles()
	case !m.recorder.Recording():
		m.recorder.Start()
		m.recorder.tell(nil, recordMsg(true))
		said := m.say(observe.Info, "what is done is recorded from now on; r again saves it as a scenario")
		m.toast.mark = recordMark
		return said
	}
	return m.askFile("save the recording as ", draw.Bad, freeName("session", ".chord"), func(m *Model, file string) tea.Cmd {
		text := m.recorder.Text()
		return func() tea.Msg { return recordedMsg{savedMsg{file, writeNew(file, text)}} }
	})
}

// recordParts says in the status line that what is done is recorded.
func (m *Model) recordParts() []part {
	if !m.recorded {
		return nil
	}
	return []part{{recordMark.glyph + " REC ", recordMark.ink}, {" ", draw.Plain}}
}

// recordedMsg says what became of the file of a recording.
type recordedMsg struct{ savedMsg }

// keepRecording ends a recording that has been saved.
func (m *Model) keepRecording(msg recordedMsg) tea.Cmd {
	if msg.err == nil && !m.recorder.kept {
		m.recorder.Stop()
		m.recorder.tell(nil, recordMsg(false))
	}
	return m.saved(msg.savedMsg)
}

// recordMark stands in the status line while what is done is recorded.
var recordMark = mark{"◉", draw.Bad | draw.Bold}

// quit ends the program. A recording that would be lost is asked about.
func (m *Model) quit() tea.Cmd {
	if m.recorder == nil || !m.recorder.Recording() || m.recorder.kept || m.guest() || m.remote() {
		return tea.Quit
	}
	m.dialog = &confirm{
		mark: recordMark, question: "quit without the recording? r saves it.",
		verb: "quit", yes: []string{"q", "y", "enter"}, act: func(*Model) tea.Cmd { return tea.Quit },
	}
	return nil
}
