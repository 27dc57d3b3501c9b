package tui

import (
	"image"
	"os"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/scenarios"
	"chordscope/tui/draw"
)

// Model is the root of the screen. Bubble Tea calls its methods from one
// goroutine; nothing else may.
type Model struct {
	keys   []binding
	orders chan<- order // to the conductor
	viewer *viewer      // whose screen this is; nil in tests

	// What is shown.
	pic       *observe.Picture // that is shown: the newest, or one of the past; never nil
	live      *observe.Picture // the newest; never nil
	history   history
	code      reading // of procedures
	pacing    pacing
	traced    map[string]bool // peers that tell everything, since this screen asked for it
	views     []*view
	viewAt    int     // the view that is shown
	audience  int     // screens that show this ring
	served    string  // the command by which others look on; "" if they cannot
	play      *play   // nil unless a scenario is replayed
	chosen    ring.ID // the selected peer, if has
	has       bool
	newcomer  string             // who was let in by name, to be selected once it is seen
	trip      *trip              // the last lookup, nil before the first
	noTrip    bool               // it is not drawn on the ring
	putAway   uint64             // number of the last one that nobody wants to see any more
	seen      uint64             // its number
	noticed   uint64             // number of the newest lookup in the last picture
	zeroBased bool               // fingers are numbered from 0
	settings  scenarios.Settings // as the next line finds them
	lines     typedLines
	typed     string   // the line that came last from the palette
	unfold    bool     // every row of the finger table is shown
	page      page     // of the inspector
	lastKey   string   // that somebody typed
	convoys   []convoy // of keys, on their way
	convoyID  int      // of the newest that do not move
	moved     uint64   // number of the last move that was shown
	trouble   trouble  // of the picture
	known     nameIndex
	matrix    matrix // of the view of finger tables
	lookups   lookupTable
	sequence  sequence
	crashed   []string // peers that were seen dead and not alive again, latest last
	pid       int      // of this process: to kill a peer in it would end the screen

	// How it is shown.
	width, height int
	split         int            // cells that the left part is wider than by itself
	heights       [paneCount]int // rows that somebody has given a pane; 0: nobody has
	look          look
	theme         *draw.Theme // of the look
	focus         paneID
	zoom          zoom
	floats        floats
	ring          ringPane
	panes         [paneCount]*textPane
	dialog        dialog     // nil if none is open
	recorder      *recording // nil in tests that need none
	recorded      bool       // what is done is being recorded
	question      *question  // that the script asks; nil: none
	toast         toast
	noMouse       bool
	noMotion      bool
	ticking       bool // an animation tick is under way
	lastTick      time.Time

	// The last frame, kept until something changes.
	surface     draw.Surface
	frame       string
	dirty       bool
	zones       []zone
	stacks      [][]slot // the columns of panes
	drag        dragging // while the mouse's button is held on something
	dialogZones int      // from here on, zones are the dialog's
	spots       []spot
}

// paneID names a part of the screen that can have the focus.
type paneID int

const (
	paneRing paneID = iota
	paneMain        // what a view is about, if it has a cursor
	paneScript
	paneInspector
	paneLoad
	paneRecovery
	paneFaults // while there is something to tell
	paneLookup
	paneCode // while somebody wants to know why
	paneLog
	paneCount
	paneNone paneID = -1
)

// newModel returns the model of an empty screen. The scenario is nil unless
// one is replayed.
func newModel(orders chan<- order, sc *scenarios.Scenario) *Model {
	m := &Model{
		orders: orders,
		pic:    new(observe.Picture), live: new(observe.Picture),
		settings: scenarios.DefaultSettings(), traced: make(map[string]bool), pid: os.Getpid(), dirty: true,
	}
	m.dress(newLook(new(Options)))
	m.views = views()
	m.keys = keymap(m.views)
	if sc != nil {
		m.play = newPlay(sc)
	}
	m.panes[paneScript] = &textPane{content: scriptPane{}, follow: true}
	m.panes[paneInspector] = &textPane{content: newInspector()}
	m.panes[paneLoad] = &textPane{content: loadPane{}}
	m.panes[paneRecovery] = &textPane{content: recoveryPane{}}
	m.panes[paneFaults] = &textPane{content: faultPane{}}
	m.panes[paneCode] = &textPane{content: codePane{}}
	m.panes[paneLookup] = &textPane{content: lookupPane{}}
	m.panes[paneLog] = &textPane{content: logPane{}, follow: true}
	return m
}

// Init asks the terminal what it is like.
func (m *Model) Init() tea.Cmd {
	return tea.Batch(askTerminal(), assumeSynchronized)
}

// Update handles one message.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.update(msg)
	m.keepTraced()
	m.keepAsking()
	return m, tea.Batch(cmd, m.followSelection())
}

func (m *Model) update(msg tea.Msg) tea.Cmd {
	m.dirty = true
	if m.look.learn(msg) {
		m.theme = m.look.theme()
		return nil
	}
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		first := m.width == 0
		m.width, m.height = msg.Width, msg.Height
		if !first {
			return askCell()
		}
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.PasteMsg:
		if d, ok := m.dialog.(paster); ok {
			d.paste(m, msg.Content)
		}
	case tea.MouseClickMsg:
		return m.click(msg)
	case tea.MouseMotionMsg:
		if m.drag == nil {
			m.dirty = false
			return nil
		}
		return m.drag(m, image.Pt(msg.X, msg.Y))
	case tea.MouseReleaseMsg:
		m.drag, m.dirty = nil, false
	case tea.MouseWheelMsg:
		return m.wheel(msg)
	case pictureMsg:
		return m.picture(msg.pic)
	case tickMsg:
		return m.tick(time.Time(msg))
	case convoysEnd:
		if msg.id == m.convoyID {
			m.convoys = nil
		}
	case toastEnds:
		if msg.id == m.toast.id {
			m.toast.text = ""
		}
	default:
		return m.report(msg)
	}
	return nil
}

// report handles what the conductor says.
func (m *Model) report(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case progressMsg:
		m.play.progress(msg, m.live.At)
		m.answered(msg)
		m.overtaken(msg.Index)
		m.turnTo(msg.Line.Command, msg.Result)
	case playEnded:
		m.play.end(scenarios.Report(msg))
		if m.question != nil && m.question.result == nil {
			m.dropQuestion() // nobody will say the right answer any more
		}
	case paceMsg:
		if m.play != nil {
			m.play.paused, m.play.speed, m.play.hurries = msg.paused && !m.play.over(), msg.speed, msg.hurries
			if msg.hurries && m.question != nil && !m.guest() {
				m.dropQuestion()
			}
		}
	case playAnew:
		m.play = newPlay(m.play.script)
		m.dropQuestion()
	case askMsg:
		return m.asked(msg)
	case audienceMsg:
		m.audience = int(msg)
	case settingsMsg:
		m.zeroBased, m.settings = msg.ZeroBased, scenarios.Settings(msg)
	case orderDoneMsg:
		return m.orderDone(msg)
	case guestFailed:
		if !m.guest() {
			return m.say(observe.Bad, "a screen over ssh ended by a fault of the program: "+msg.why)
		}
	case recordMsg:
		m.recorded = bool(msg)
	case recordedMsg:
		return m.keepRecording(msg)
	case savedMsg:
		return m.saved(msg)
	default:
		m.dirty = false // not for us
	}
	return nil
}

// key gives a key press to the open dialog, or does what the key stands for.
func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	if k.Mod.Contains(tea.ModAlt) {
		// A terminal sends the same for alt+q as for esc and q right after it.
		// No key has a meaning with alt here, so it is the two.
		k.Mod &^= tea.ModAlt
		k.Text = string(k.Code)
		if k.Mod.Contains(tea.ModShift) {
			k.Text = strings.ToUpper(k.Text)
		}
		return tea.Batch(m.key(tea.KeyPressMsg{Code: tea.KeyEscape}), m.key(k))
	}
	if m.dialog == nil {
		if k.String() == "esc" {
			return m.escape()
		}
		return m.press(k.String())
	}
	open := m.dialog
	if k.String() == "esc" {
		m.dialog = nil
		if d, ok := open.(closer); ok {
			return d.closed(m)
		}
		return nil
	}
	if k.String() == "ctrl+c" {
		return tea.Quit
	}
	done, cmd := open.key(m, k)
	if done && m.dialog == open { // else it has opened another one
		m.dialog = nil
	}
	return cmd
}

// escape goes back to where one began: from the past to now, or else no toast,
// no lookup on the ring, which has the focus, and no pane is scrolled.
func (m *Model) escape() tea.Cmd {
	if m.looksBack() {
		return m.returnToNow()
	}
	m.toast.text = ""
	m.clearLookups()
	zoomed := m.zoomOut()
	m.focus = paneRing
	for _, p := range m.panes[paneScript:] {
		p.top()
	}
	return zoomed
}

// clearLookups takes all lookups so far off the ring.
func (m *Model) clearLookups() { m.noTrip, m.putAway = true, m.seen }
