// Package speaker shows the speaker notes of a scenario that plays elsewhere, on
// a screen of their own or as plain lines.
package speaker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/scenarios/notes"
	"chordscope/tui/draw"
)

// Follower calls on with each state of a play, or with why there is none now,
// until ctx ends, as notes.Follow does.
type Follower func(ctx context.Context, on func(*notes.State, error))

// Options is what Run shows, and how.
type Options struct {
	Addr   string // of whoever plays, for people
	Follow Follower
	Theme  string    // one of draw.ThemeNames
	Canvas draw.Kind // which characters the font has
	// Input and Output are the terminal; nil is the process's own.
	Input  io.Reader
	Output io.Writer

	program []tea.ProgramOption // for tests
}

// Run shows the notes until somebody quits, which is no error, or ctx ends,
// which is a context.Canceled.
func Run(ctx context.Context, opts Options) error {
	list := []tea.ProgramOption{tea.WithContext(ctx), tea.WithFPS(15), tea.WithoutSignalHandler()}
	if opts.Input != nil {
		list = append(list, tea.WithInput(opts.Input))
	}
	if opts.Output != nil {
		list = append(list, tea.WithOutput(opts.Output))
	}
	m := &model{addr: opts.Addr, theme: opts.Theme, dark: true}
	m.surface.Kind = opts.Canvas
	program := tea.NewProgram(m, append(list, opts.program...)...)
	following, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		opts.Follow(following, func(s *notes.State, err error) { program.Send(heard{s, err}) })
	})
	_, err := program.Run()
	cancel()
	wg.Wait()
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	return err
}

// heard is what the follower says.
type heard struct {
	state *notes.State
	err   error
}

// second passes once a second while the time is shown.
type second struct{}

// model is the screen. Bubble Tea calls its methods from one goroutine.
type model struct {
	addr          string
	theme         string
	dark          bool
	width, height int
	state         *notes.State // the newest; nil before the first
	since         time.Time    // when it came
	lost          error        // why nothing comes; nil if it does
	ticking       bool
	surface       draw.Surface
}

func (m *model) Init() tea.Cmd { return tea.RequestBackgroundColor }

func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		m.dark = msg.IsDark()
	case tea.KeyPressMsg:
		if k := msg.String(); k == "q" || k == "ctrl+c" || k == "esc" {
			return m, tea.Quit
		}
	case heard:
		if m.lost = msg.err; msg.state != nil {
			m.state, m.since = msg.state, time.Now()
		}
	case second:
		m.ticking = false
	}
	if m.ticking || !m.runs() {
		return m, nil
	}
	m.ticking = true
	return m, tea.Tick(time.Second, func(time.Time) tea.Msg { return second{} })
}

// runs reports whether the time that is shown goes on.
func (m *model) runs() bool { return m.state != nil && m.lost == nil && m.state.Verdict == "" }

// elapsed is how long the scenario has played.
func (m *model) elapsed() time.Duration {
	if m.runs() {
		return m.state.Elapsed + time.Since(m.since)
	}
	return m.state.Elapsed
}

func (m *model) View() tea.View {
	theme, err := draw.NewThemeNamed(m.theme, m.dark)
	if err != nil {
		theme = draw.NewTheme(m.dark)
	}
	m.surface.Resize(m.width, m.height)
	m.draw(m.surface.All())
	v := tea.NewView(m.surface.Encode(theme))
	v.AltScreen = true
	v.WindowTitle = "Chordscope notes"
	return v
}

func (m *model) draw(r draw.Region) {
	r = r.Sub(1, 0, r.Dx()-2, r.Dy())
	footer := r.Sub(0, r.Dy()-1, r.Dx(), 1)
	r = r.Sub(0, 0, r.Dx(), r.Dy()-1)
	if m.state == nil {
		if m.lost == nil {
			r.PutCentre(r.Dy()/2, "waiting for the notes from "+m.addr+" …", draw.Dim)
		} else {
			for i, l := range draw.Wrap(problem(m.addr, m.lost), r.Dx()) {
				r.Put(0, r.Dy()/2+i, l, draw.Warn)
			}
		}
	} else {
		m.drawState(r)
	}
	x := footer.Put(0, 0, "q", draw.Plain|draw.Bold)
	x = footer.Put(x+1, 0, "quit", draw.Dim) + 3
	switch {
	case m.state == nil:
	case m.lost != nil:
		footer.PutFit(x, 0, footer.Dx(), "! "+problem(m.addr, m.lost), draw.Warn)
	default:
		footer.PutFit(x, 0, footer.Dx(), "for the speaker only, from "+m.addr, draw.Dim)
	}
}

// problem says why nothing comes.
func problem(addr string, why error) string {
	return fmt.Sprintf("no notes from %s, trying again: %v", addr, why)
}

// drawState draws what is for the speaker, the most urgent first.
func (m *model) drawState(r draw.Region) {
	s := m.state
	clock := clockText(m.elapsed())
	x := r.PutFit(0, 0, r.Dx()-draw.Width(clock)-2, s.Title, draw.Plain|draw.Bold)
	if s.Chapter != "" {
		x = r.Put(x, 0, "  ›  ", draw.Dim)
		r.PutFit(x, 0, r.Dx()-draw.Width(clock)-2-x, s.Chapter, draw.Plain)
	}
	r.PutRight(r.Dx(), 0, clock, draw.Accent|draw.Bold)
	drawHow(r.Rest(1), s)
	y := 3
	if s.Caption != "" {
		y = paragraph(r, y, "class  ", draw.Dim, s.Caption, draw.Plain)
	}
	if s.Question != "" {
		y = paragraph(r, y, "asked  ", draw.Path|draw.Bold, s.Question, draw.Plain|draw.Bold)
		if s.Answer != "" {
			y = paragraph(r, y, "answer ", draw.Good|draw.Bold, s.Answer, draw.Good|draw.Bold)
		}
	}
	for _, n := range s.Notes {
		y = paragraph(r, y+1, "▌ ", draw.Accent|draw.Bold, n, draw.Accent|draw.Bold)
	}
	m.drawLines(r.Rest(y + 1))
}

// drawHow says how the play stands.
func drawHow(r draw.Region, s *notes.State) {
	x := 0
	switch {
	case s.Verdict != "":
		ink := draw.Good
		if s.Failed > 0 {
			ink = draw.Bad
		}
		x = r.PutFit(x, 0, r.Dx()/2, s.Verdict, ink|draw.Bold)
	case s.Question != "":
		x = r.Put(x, 0, "? asking the class", draw.Path|draw.Bold)
	case s.Paused:
		x = r.Put(x, 0, "‖ paused", draw.Warn|draw.Bold)
	default:
		x = r.Put(x, 0, "▸ playing", draw.Good)
	}
	x = r.Put(x, 0, fmt.Sprintf("   line %d of %d", s.Place, s.Total), draw.Dim)
	switch {
	case s.Speed > 0:
		x = r.Put(x, 0, fmt.Sprintf("   speed %d", 1<<min(s.Speed, 20)), draw.Dim)
	case s.Speed < 0:
		x = r.Put(x, 0, fmt.Sprintf("   speed 1/%d", 1<<min(-s.Speed, 20)), draw.Dim)
	}
	if s.Passed > 0 {
		x = r.Put(x, 0, fmt.Sprintf("   ✓ %d", s.Passed), draw.Good)
	}
	if s.Failed > 0 {
		r.Put(x, 0, fmt.Sprintf("   ✕ %d", s.Failed), draw.Bad|draw.Bold)
	}
}

// paragraph writes wrapped text behind a lead and returns the row after it.
func paragraph(r draw.Region, y int, lead string, leadInk draw.Ink, text string, ink draw.Ink) int {
	indent := draw.Width(lead)
	for i, l := range draw.Wrap(text, r.Dx()-indent) {
		if i == 0 || indent == 2 { // a bar stands before every row
			r.Put(0, y, lead, leadInk)
		}
		r.Put(indent, y, l, ink)
		y++
	}
	return y
}

// drawLines draws the script from a little before the current line on.
func (m *model) drawLines(r draw.Region) {
	s := m.state
	x := r.Put(0, 0, "Lines ", draw.Plain|draw.Bold)
	r.Line(x, 0, draw.Rule)
	digits := 1
	for _, l := range s.Lines {
		digits = max(digits, len(fmt.Sprint(l.Number)))
	}
	y := 1
	for i, l := range s.Lines {
		if i < s.Current-1 && r.Dy() < 14 {
			continue // there is no room for what is over
		}
		mark, ink := " ", draw.Plain
		switch {
		case i == s.Current && s.Verdict == "":
			mark, ink = "▸", draw.Plain|draw.Bold
		case l.Outcome == notes.Failed:
			mark, ink = "✕", draw.Bad
		case i < s.Current || s.Verdict != "":
			mark, ink = "✓", draw.Dim
		}
		if strings.HasPrefix(l.Text, "note ") && i >= s.Current {
			ink = draw.Accent
		}
		lead := fmt.Sprintf("%*d %s ", digits, l.Number, mark)
		for k, text := range draw.Wrap(l.Text, r.Dx()-len(lead)) {
			if k == 0 {
				r.Put(0, y, lead, ink)
			}
			r.Put(digits+3, y, text, ink)
			y++
		}
	}
}

// clockText writes a time as minutes and seconds, or with hours.
func clockText(d time.Duration) string {
	s := int(d.Seconds())
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
