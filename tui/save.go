package tui

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/scenarios"
	"chordscope/tui/draw"
)

// saveKeys keep what is on the screen.
func saveKeys() []binding {
	return []binding{
		{keys: []string{"s"}, show: "s", help: "save the screen: .svg a picture, .txt plain text, .ans text with its colours", act: (*Model).askSave},
		{keys: []string{"S"}, show: "S", help: "save the ring as a figure for slides", command: "figure ring.svg focus N8", act: (*Model).askFigure},
		{keys: []string{"r"}, show: "r", help: "record what is done, and then save it as a scenario that does it again", act: (*Model).toggleRecording},
		{keys: []string{"y"}, show: "y", help: "copy the screen as text to the clipboard", act: (*Model).copyScreen},
	}
}

// askSave asks for the file; its extension says how the screen is written.
func (m *Model) askSave() tea.Cmd {
	if m.remote() {
		return m.say(observe.Info, "files are only for the one who started the ring; y copies the screen")
	}
	screen := m.surface.Copy() // as it is before the question stands on it
	return m.askFile("save the screen as ", draw.Accent, freeName("chordscope", ".svg"), func(m *Model, file string) tea.Cmd {
		text, err := encode(screen, m.theme, file)
		if err != nil {
			return m.say(observe.Warning, err.Error())
		}
		return func() tea.Msg { return savedMsg{file, writeNew(file, text)} }
	})
}

// askFigure asks for the file of a figure, which the ring's own line writes.
func (m *Model) askFigure() tea.Cmd {
	if m.remote() {
		return m.refuseFiles()
	}
	return m.askFile("save the ring as ", draw.Accent, freeName("ring", ".svg"), func(m *Model, file string) tea.Cmd {
		line := "figure " + scenarios.Quote(file)
		if p := m.selected(); p != nil {
			line += " focus " + p.Name
		}
		return m.run(line)
	})
}

// askFile asks for the name of a file, which proposal may stay, and saves to it.
func (m *Model) askFile(label string, ink draw.Ink, proposal string, save func(m *Model, file string) tea.Cmd) tea.Cmd {
	m.dialog = &prompt{
		label: label, ink: ink,
		fields: []field{{text: []rune(proposal), preset: true}},
		enter:  func(m *Model, texts []string) tea.Cmd { return save(m, texts[0]) },
	}
	return nil
}

// refuseFiles says why nothing is read or written from a screen over ssh.
func (m *Model) refuseFiles() tea.Cmd {
	return m.say(observe.Warning, "files are only for the one who started the ring")
}

func (m *Model) copyScreen() tea.Cmd {
	said := m.say(observe.Good, "the screen is copied as text, if this terminal lets programs do that")
	return tea.Batch(said, tea.SetClipboard(m.surface.Text()))
}

// encode writes a screen as the extension of the file asks for it.
func encode(screen *draw.Surface, theme *draw.Theme, file string) (string, error) {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".svg":
		return screen.SVG(theme), nil
	case ".txt":
		return screen.Text(), nil
	case ".ans":
		return screen.Encode(theme) + "\n", nil
	}
	return "", fmt.Errorf("%s: a name that ends in .svg, .txt or .ans says how the screen is written", file)
}

// savedMsg says what became of a file.
type savedMsg struct {
	file string
	err  error
}

func (m *Model) saved(msg savedMsg) tea.Cmd {
	switch {
	case errors.Is(msg.err, fs.ErrExist):
		return m.say(observe.Warning, msg.file+" is there already; choose another name")
	case msg.err != nil:
		return m.say(observe.Bad, "not saved: "+msg.err.Error())
	}
	return m.say(observe.Good, "saved as "+msg.file)
}

// writeNew writes a file that was not there before.
func writeNew(file, text string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(file)
	}
	return err
}

// freeName proposes a name in the current folder that no file has.
func freeName(stem, extension string) string {
	name := stem + extension
	for n := 2; n < 1000; n++ {
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			break
		}
		name = fmt.Sprintf("%s-%d%s", stem, n, extension)
	}
	return name
}
