package tui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// look is how a screen is drawn: what was asked for, and what the terminal said
// of itself.
type look struct {
	name      string // of the theme
	dark      bool   // the terminal's background
	profile   colorprofile.Profile
	projector bool    // readable from the back row: fewer and larger things
	aspect    float64 // of a cell: how much higher than wide
	fixed     bool    // the aspect is not the terminal's to say
}

// usualAspect is that of a cell in nearly every font.
const usualAspect = 2

// LeastAspect and MostAspect bound how much higher than wide a cell can be.
const LeastAspect, MostAspect = 0.5, 4

// newLook is what is asked for, in a terminal of which nothing is known yet.
func newLook(opts *Options) look {
	l := look{
		name: opts.Theme, dark: true, profile: colorprofile.TrueColor,
		projector: opts.Projector, aspect: usualAspect,
	}
	if opts.CellAspect > 0 {
		l.aspect, l.fixed = opts.CellAspect, true
	}
	return l
}

// theme is the colours of the look.
func (l *look) theme() *draw.Theme {
	t, err := draw.NewThemeNamed(l.name, l.dark)
	if err != nil { // Options says which names there are
		t = draw.NewTheme(l.dark)
	}
	return t.For(l.profile)
}

// dress draws everything in this look from now on.
func (m *Model) dress(l look) { m.look, m.theme = l, l.theme() }

// learn takes what the terminal says of itself, and reports whether msg is
// that.
func (l *look) learn(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case tea.BackgroundColorMsg:
		l.dark = msg.IsDark()
	case tea.ColorProfileMsg:
		l.profile = msg.Profile
	case uv.CellSizeEvent:
		if a := float64(msg.Height) / float64(max(msg.Width, 1)); !l.fixed && a >= LeastAspect && a <= MostAspect {
			l.aspect = a
		}
	default:
		return false
	}
	return true
}

// askCell asks the terminal for its cell size, which a larger font changes.
func askCell() tea.Cmd {
	const reportCellSize = 16 // XTWINOPS
	return tea.Raw(ansi.WindowOp(reportCellSize))
}

// askTerminal asks the terminal for its background and for its cell size.
// Those that do not know an answer say nothing.
func askTerminal() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, askCell())
}

// lookKeys change how the screen is drawn.
func lookKeys() []binding {
	return []binding{
		{keys: []string{"L"}, show: "L", help: "projector: fewer and larger things, to be read from the back row", act: (*Model).toggleProjector},
		{keys: []string{"T"}, show: "T", help: "the next theme: other colours, or none", act: (*Model).nextTheme},
	}
}

// nextTheme turns to the theme after the one that is shown.
func (m *Model) nextTheme() tea.Cmd {
	names := draw.ThemeNames()
	at := slices.Index(names, m.look.name)
	m.look.name = names[(max(at, 0)+1)%len(names)]
	m.theme = m.look.theme()
	return m.say(observe.Info, fmt.Sprintf("theme = %q, as it can stand in the settings", m.look.name))
}
