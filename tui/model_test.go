package tui

import (
	"fmt"
	"image/color"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/scenarios"
	"chordscope/tui/draw"
)

// screen is a model with a size and a picture, whose orders a test can read.
type screen struct {
	*Model
	orders chan order
}

func newScreen(w, h int, pic *observe.Picture, sc *scenarios.Scenario) *screen {
	orders := make(chan order, orderQueue)
	s := &screen{newModel(orders, sc), orders}
	s.Update(tea.WindowSizeMsg{Width: w, Height: h})
	if pic != nil {
		s.Update(pictureMsg{pic})
	}
	return s
}

// text is the frame without styles.
func (s *screen) text() string { return ansi.Strip(s.View().Content) }

// keys presses keys: those with a name by it, others as they are.
func (s *screen) keys(names ...string) (last tea.Cmd) {
	named := map[string]tea.KeyPressMsg{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab},
		"home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
		"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "backspace": {Code: tea.KeyBackspace},
		"pgdown": {Code: tea.KeyPgDown}, "pgup": {Code: tea.KeyPgUp}, "down": {Code: tea.KeyDown}, "up": {Code: tea.KeyUp},
		"shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift}, "delete": {Code: tea.KeyDelete}, "space": {Code: tea.KeySpace, Text: " "},
		"ctrl+c": {Code: 'c', Mod: tea.ModCtrl},
	}
	for _, name := range names {
		k, ok := named[name]
		if !ok {
			k = tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
		}
		_, last = s.Update(k)
	}
	return last
}

// showView turns to a view by its name.
func (s *screen) showView(name string) {
	for i, v := range s.views {
		if v.name == name {
			s.keys(strconv.Itoa(i + 1))
		}
	}
}

// order returns the order that was given, or fails.
func (s *screen) order(t *testing.T) order {
	t.Helper()
	select {
	case o := <-s.orders:
		return o
	default:
		t.Fatal("no order was given")
		return order{}
	}
}

// noOrder fails if an order was given.
func (s *screen) noOrder(t *testing.T) {
	t.Helper()
	select {
	case o := <-s.orders:
		t.Fatalf("order %+v was given", o)
	default:
	}
}

func (s *screen) want(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(s.text(), text) {
			t.Fatalf("%q is not on the screen:\n%s", text, s.text())
		}
	}
}

func (s *screen) wantNot(t *testing.T, text string) {
	t.Helper()
	if strings.Contains(s.text(), text) {
		t.Fatalf("%q is on the screen:\n%s", text, s.text())
	}
}

// clickText clicks where a text stands on the screen.
func (s *screen) clickText(t *testing.T, text string) {
	t.Helper()
	for y, l := range strings.Split(s.text(), "\n") {
		if x := strings.Index(l, text); x >= 0 {
			s.Update(tea.MouseClickMsg{X: len([]rune(l[:x])), Y: y, Button: tea.MouseLeft})
			return
		}
	}
	t.Fatalf("%q is not on the screen:\n%s", text, s.text())
}

// part is what stands in one part of the layout.
func (s *screen) part(of func(layout) rect) string {
	r := of(s.arrange(0))
	var b strings.Builder
	for _, l := range strings.Split(s.text(), "\n")[r.y : r.y+r.h] {
		b.WriteString(string([]rune(l)[r.x:r.x+r.w]) + "\n")
	}
	return b.String()
}

func (s *screen) ringText() string { return s.part(func(l layout) rect { return l.ring }) }
func (s *screen) paneText() string {
	return s.part(func(l layout) rect {
		if l.main.h > 0 {
			return l.main
		}
		return l.columns[0]
	})
}

func TestSelect_GoesRound(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	for _, step := range []struct{ key, want string }{
		{"left", "N56"}, {"right", "N1"}, {"right", "N8"}, {"j", "N14"}, {"k", "N8"}, {"down", "N14"},
	} {
		s.keys(step.key)
		if got := s.selected().Name; got != step.want {
			t.Fatalf("%s selects %s, want %s", step.key, got, step.want)
		}
	}
}

func TestSelect_MovesOnWhenThePeerIsGone(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.choose(ring.FromUint64(14))
	s.Update(pictureMsg{newWorld(6, 3, 1, 8, 21, 32).picture()})
	if got := s.selected().Name; got != "N21" {
		t.Errorf("after N14 went %s is selected, want N21", got)
	}
	s.Update(pictureMsg{newWorld(6, 3, 1, 8).picture()})
	if got := s.selected().Name; got != "N1" {
		t.Errorf("past the end of the circle %s is selected, want N1", got)
	}
	s.Update(pictureMsg{new(observe.Picture)})
	if s.selected() != nil {
		t.Error("a peer is selected on an empty ring")
	}
}

func TestInspector_SaysWhatPointersShouldBe(t *testing.T) {
	s := newScreen(120, 40, brokenPicture(), nil)
	s.want(t, "N4092 ✕ should be N9233", "1–11")
	s.keys("f")
	s.want(t, " 12   4468  N9233", " 11   3444  N4092")
}

func TestFingers_ZeroBased(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.want(t, "1      2  [2, 3)    N8")
	s.Update(settingsMsg{ZeroBased: true})
	s.want(t, "0      2  [2, 3)    N8")
}

func TestLookup_TravelsAndIsTold(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	if !s.ticking {
		t.Fatal("nothing moves although a lookup came")
	}
	s.want(t, "on its way")
	s.wantNot(t, "54 in (51, 56]")
	ticks := 0
	for now := time.Unix(0, 0); s.ticking; now = now.Add(frameTime) {
		s.Update(tickMsg(now))
		if ticks++; ticks > 1000 {
			t.Fatal("the trip does not end")
		}
	}
	s.want(t, "N8 → N42 → N51 → N56", "3 hops, owner included", "no answer", "54 in (51, 56]", "◆")
	s.Update(pictureMsg{paperPicture()}) // the same lookup again
	if s.ticking {
		t.Error("a lookup that was shown travels again")
	}
	s.keys("E")
	if !s.ticking {
		t.Error("E does not show it again")
	}
}

func TestEscape_HidesTheLookup(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.trip.finish()
	s.want(t, "◆")
	s.keys("esc")
	s.wantNot(t, "◆")
	s.want(t, "3 hops, owner included") // its story stays
	s.keys("E")
	s.want(t, "◆")
}

func TestMouse_CanBeGivenBack(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys("m")
	if s.View().MouseMode != tea.MouseModeNone {
		t.Error("the mouse is still taken")
	}
	s.want(t, "m mouse is off")
	s.keys("m")
	if s.View().MouseMode == tea.MouseModeNone {
		t.Error("the mouse is not taken again")
	}
}

// TestMouse_DragsTheBorder as far as the layout lets it, and no further.
func TestMouse_DragsTheBorder(t *testing.T) {
	s := newScreen(200, 60, paperPicture(), nil)
	s.View()
	from := s.arrange(0)
	x := from.border.x
	s.Update(tea.MouseClickMsg{X: x, Y: 20, Button: tea.MouseLeft})
	for _, to := range []int{x - 10, -50, x - 10} {
		s.Update(tea.MouseMotionMsg{X: to, Y: 21, Button: tea.MouseLeft})
		s.View()
	}
	s.Update(tea.MouseReleaseMsg{X: x - 10, Y: 21, Button: tea.MouseLeft})
	s.Update(tea.MouseMotionMsg{X: x + 30, Y: 21})
	if w := s.arrange(0).ring.w; w != from.ring.w-10 {
		t.Errorf("the ring is %d cells wide, it was %d and its border was dragged 10 to the left", w, from.ring.w)
	}
	for range 100 {
		s.keys("]")
	}
	widest := s.arrange(0).ring.w
	s.keys("[")
	if w := s.arrange(0).ring.w; w != widest-splitStep {
		t.Errorf("[ makes %d of %d cells", w, widest)
	}
}

func TestTheme_FollowsTheBackground(t *testing.T) {
	s := newScreen(80, 24, paperPicture(), nil)
	dark := s.View().Content
	s.Update(tea.BackgroundColorMsg{Color: color.White})
	if s.View().Content == dark {
		t.Error("a light background changes no colour")
	}
	s.Update(tea.BackgroundColorMsg{Color: color.Black})
	if s.View().Content != dark {
		t.Error("a dark background does not bring the colours back")
	}
}

func TestInspector_LonePeerComesAfterItself(t *testing.T) {
	pic := newWorld(6, 3, 8).picture()
	p := &pic.Peers[0]
	p.Successors, p.Predecessor = nil, observe.Pointer{HasWant: true, Want: p.ID, WantName: p.Name}
	s := newScreen(120, 40, pic, nil)
	s.want(t, "predecessor  itself ✓", "successors   itself ✓", "⣀⣀⣀") // and the circle is whole
}

func TestHelp_Scrolls(t *testing.T) {
	s := newScreen(80, 12, paperPicture(), nil)
	s.keys("?")
	s.wantNot(t, "every peer ends")
	s.keys("end")
	s.want(t, "every peer ends", "chordscope get apple")
	s.keys("home")
	s.want(t, "select round the ring")
	for range 60 {
		s.Update(tea.MouseWheelMsg{X: 40, Y: 6, Button: tea.MouseWheelDown})
	}
	s.want(t, "every peer ends")
}

func TestHelp_ListsEveryKey(t *testing.T) {
	s := newScreen(200, 120, paperPicture(), nil)
	s.keys("?")
	for _, b := range s.Model.keys {
		if b.help != "" && b.on == nil {
			s.want(t, draw.Wrap(b.help, 50)[0])
		}
	}
	s.want(t, "kill N1", "This view: ring", s.viewing().help[:40]) // the line is about the selected peer
	s.keys("?")
	s.wantNot(t, "this list")
}

// TestHelp_FindsTheKeyFirst: the name of a group finds all of it only if no key
// says the word.
func TestHelp_FindsTheKeyFirst(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys("?", "l", "o", "o", "k")
	s.want(t, "look up a key")
	s.wantNot(t, "select round the ring")
	s.keys("esc", "?", "p", "r", "o", "g", "r", "a", "m")
	s.want(t, "quit; every peer ends")
	s.keys("esc", "?", "t", "i", "m", "e")
	s.want(t, "stop all maintenance", "maintenance twice as fast")
}

// TestHelp_FindsAndRuns what somebody looks for, by keys and by the mouse.
func TestHelp_FindsAndRuns(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.keys("?", "c", "r", "a", "s", "h")
	s.want(t, "crash the peer", "restart the peer that crashed last")
	s.wantNot(t, "select round the ring")
	s.keys("enter")
	s.want(t, "kill N1?")
	s.noOrder(t)
	s.keys("esc", "?", "c", "r", "a", "s", "h")
	s.clickText(t, "crash the peer")
	s.want(t, "kill N1?")
	s.keys("esc", "?", "z", "z", "z")
	s.want(t, "nothing fits")
	s.keys("enter")
	s.keys("backspace", "backspace", "backspace")
	s.want(t, "select round the ring")
	s.Update(tea.MouseClickMsg{X: 0, Y: 0, Button: tea.MouseLeft})
	if s.dialog != nil {
		t.Error("a click beside it does not close the help")
	}
}

func TestFocus_ScrollsItsPane(t *testing.T) {
	pic := paperPicture()
	for i := range 50 {
		pic.Events = append(pic.Events, observe.Event{Peer: "N1", Text: fmt.Sprintf("event %d", i)})
	}
	s := newScreen(120, 40, pic, nil)
	s.want(t, "event 49") // the newest is in view
	s.keys("tab", "tab", "tab")
	if s.focus != paneLog {
		t.Fatalf("the focus is on pane %d, want the log", s.focus)
	}
	s.keys("k")
	s.wantNot(t, "event 49")
	s.keys("esc")
	s.want(t, "event 49")
	if s.focus != paneRing {
		t.Error("esc does not give the focus back to the ring")
	}
}

func TestMouse(t *testing.T) {
	s := newScreen(120, 40, paperPicture(), nil)
	s.View()
	at := s.spots[4] // N32
	s.Update(tea.MouseClickMsg{X: at.x + 1, Y: at.y, Button: tea.MouseLeft})
	if got := s.selected().Name; got != "N32" {
		t.Errorf("a click beside N32 selects %s", got)
	}
	line := strings.Split(s.text(), "\n")
	for y, l := range line { // the successors' row leads nowhere, finger rows do
		if x := strings.Index(l, "[48, 0)"); x >= 0 {
			s.Update(tea.MouseClickMsg{X: len([]rune(l[:x])), Y: y, Button: tea.MouseLeft})
		}
	}
	if got := s.selected().Name; got != "N48" {
		t.Errorf("a click on the row of finger N48 selects %s", got)
	}
	s.Update(tea.MouseWheelMsg{X: at.x, Y: at.y, Button: tea.MouseWheelDown})
	s.Update(tea.MouseWheelMsg{X: at.x, Y: at.y, Button: tea.MouseWheelUp})
	if s.zoom.to.power == 0 || !s.zoom.to.shows(s.pic.Space.Turn(ring.FromUint64(32))) {
		t.Errorf("the wheel on the ring gives %+v", s.zoom.to)
	}
	s.keys("0")
	foot := line[len(line)-1]
	x := len([]rune(foot[:strings.Index(foot, "add")]))
	s.Update(tea.MouseClickMsg{X: x, Y: 39, Button: tea.MouseLeft})
	if o := s.order(t); o.line != "join 1" {
		t.Errorf("a click on add gives %+v", o)
	}
}

func TestView_IsDrawnOnlyAfterAChange(t *testing.T) {
	s := newScreen(80, 24, paperPicture(), nil)
	s.View()
	if s.dirty {
		t.Error("a frame that was drawn would be drawn again")
	}
	s.Update(tea.FocusMsg{})
	if s.dirty {
		t.Error("a message that changes nothing has the frame drawn again")
	}
	s.Update(pictureMsg{paperPicture()})
	if !s.dirty {
		t.Error("a new picture does not have the frame drawn again")
	}
}

func TestOrders_RefusedWhenTooManyWait(t *testing.T) {
	s := newScreen(80, 24, paperPicture(), nil)
	for range orderQueue + 1 {
		s.keys("a")
	}
	s.want(t, "too many commands are waiting")
}

// TestLookup_NewestThatIsDone checks that a lookup still under way does not
// hide the one before it, and that each is shown once.
func TestLookup_NewestThatIsDone(t *testing.T) {
	pic := paperPicture()
	next := paperLookup()
	next.Number, next.Done, next.KeyName = 2, false, "K13"
	pic.Lookups = append(pic.Lookups, next)
	s := newScreen(120, 40, pic, nil)
	s.want(t, "Lookup K54 from N8")
	next.Done = true
	pic = paperPicture()
	pic.Lookups = append(pic.Lookups, next)
	s.Update(pictureMsg{pic})
	s.want(t, "Lookup K13 from N8")
}
