package tui

import (
	"fmt"
	"slices"
	"sort"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// history is what the screen has seen, to be looked at again. The older it is,
// the fewer moments of it are kept, so that it never grows beyond its bounds.
type history struct {
	moments []moment // oldest first
	past    bool     // one of them is shown, in place of now
	at      int      // which, if past
	weight  int      // of all moments, in bytes
	left    *trip    // the last lookup of the present that was left for the past
	noLeft  bool     // it was not drawn on the ring
}

// moment is the ring as it was, and what was told of it.
type moment struct {
	pic              *observe.Picture
	chapter, caption string
	weight           int
}

// Bounds of a history.
const (
	mostMoments = 1500
	mostWeight  = 96 << 20
)

// ages say how far apart moments may be at least, by how old they are.
var ages = [...]struct{ older, apart time.Duration }{
	{10 * time.Minute, 5 * time.Second},
	{time.Minute, time.Second},
	{10 * time.Second, 200 * time.Millisecond},
}

// add notes a new moment.
func (h *history) add(m moment) {
	if n := len(h.moments); n > 0 {
		last := h.moments[n-1]
		if m.pic.At < last.pic.At { // another ring
			*h = history{left: h.left, noLeft: h.noLeft}
		} else {
			m.weight = weigh(m.pic, last.pic)
		}
	}
	if m.weight == 0 {
		m.weight = weigh(m.pic, nil)
	}
	h.moments = append(h.moments, m)
	h.weight += m.weight
	if len(h.moments) > mostMoments || h.weight > mostWeight {
		h.thin()
	}
}

// thin drops moments: first those that are closer together than their age asks
// for, then, if that is not enough, the oldest.
func (h *history) thin() {
	now := h.moments[len(h.moments)-1].pic.At
	shown := -1
	if h.past {
		shown = h.at
	}
	kept, weight := h.moments[:0], 0
	for i, m := range h.moments {
		if i == shown {
			h.at = len(kept)
		} else if n := len(kept); n > 0 && !notable(kept[n-1].pic, m.pic) && m.pic.At-kept[n-1].pic.At < apart(now-m.pic.At) {
			continue
		}
		kept = append(kept, m)
		weight += m.weight
	}
	// A quarter goes at once, so that this is done seldom.
	drop := 0
	if len(kept) > mostMoments*3/4 || weight > mostWeight*3/4 {
		for ; drop < len(kept)-1 && (len(kept)-drop > mostMoments*3/4 || weight > mostWeight*3/4); drop++ {
			weight -= kept[drop].weight
		}
	}
	if h.past {
		h.at = max(h.at-drop, 0)
	}
	h.moments, h.weight = slices.Clone(kept[drop:]), weight
}

func apart(age time.Duration) time.Duration {
	for _, a := range ages {
		if age > a.older {
			return a.apart
		}
	}
	return 0
}

// notable reports whether b differs from a in something that one would look
// for: who is there, faults, or health.
func notable(a, b *observe.Picture) bool {
	return len(a.Peers) != len(b.Peers) || a.Health.Live != b.Health.Live || len(a.Faults) != len(b.Faults) ||
		a.Health.Stable != b.Health.Stable || a.Health.Valid != b.Health.Valid || len(a.Recoveries) != len(b.Recoveries)
}

// weigh estimates the memory that a picture takes beyond what it shares with
// the one before.
func weigh(pic, before *observe.Picture) int {
	const peer, pointer, event = 400, 160, 120
	n := 2000
	shared := make(map[*observe.Finger]bool)
	if before != nil {
		for i := range before.Peers {
			if f := before.Peers[i].Fingers; len(f) > 0 {
				shared[&f[0]] = true
			}
		}
	}
	for i := range pic.Peers {
		p := &pic.Peers[i]
		n += peer
		if len(p.Fingers) > 0 && !shared[&p.Fingers[0]] {
			n += pointer * (len(p.Fingers) + len(p.Successors))
		}
	}
	if e := pic.Events; len(e) > 0 && (before == nil || len(before.Events) == 0 || &e[0] != &before.Events[0]) {
		n += event * len(e)
	}
	return n
}

// remember notes what is shown now as a moment of the history.
func (m *Model) remember() {
	mo := moment{pic: m.live}
	if m.play != nil {
		mo.chapter, mo.caption = m.play.chapter, m.play.caption
	}
	m.history.add(mo)
}

// looksBack reports whether a moment of the past is shown.
func (m *Model) looksBack() bool { return m.history.past }

// goTo shows a moment of the history; beyond the last one it is now.
func (m *Model) goTo(at int) tea.Cmd {
	h := &m.history
	if len(h.moments) == 0 || at >= len(h.moments) {
		return m.returnToNow()
	}
	if !h.past {
		h.left, h.noLeft = m.trip, m.noTrip
	}
	h.past, h.at = true, max(at, 0)
	m.pic = h.moments[h.at].pic
	m.trouble.find(m.pic)
	m.keepSelection()
	m.convoys = nil
	m.recall()
	return nil
}

// recallTime is how long after its end a lookup of the past is still shown.
const recallTime = 3 * time.Second

// recall shows the way of the lookup that the moment is about, at once.
func (m *Model) recall() {
	m.trip, m.noTrip = nil, true
	for i := len(m.pic.Lookups) - 1; i >= 0; i-- {
		l := &m.pic.Lookups[i]
		if !l.Done {
			continue
		}
		m.trip = newTrip(*l)
		m.trip.finish()
		m.noTrip = m.pic.At-l.Started-l.Took > recallTime
		return
	}
}

// returnToNow ends looking back.
func (m *Model) returnToNow() tea.Cmd {
	h := &m.history
	if !h.past {
		return nil
	}
	h.past = false
	m.trip, m.noTrip = h.left, h.noLeft
	return m.shows(m.live)
}

// stepBack goes n moments that differ to the eye back, or forward if n is
// negative.
func (m *Model) stepBack(n int) tea.Cmd {
	h := &m.history
	if !h.past {
		if n < 0 || len(h.moments) < 2 {
			return nil
		}
		h.at = len(h.moments) - 1
	}
	return m.goTo(h.at - n)
}

// leap goes to the moment d before the one that is shown, or after it if d is
// negative.
func (m *Model) leap(d time.Duration) tea.Cmd {
	h := &m.history
	if len(h.moments) == 0 || !h.past && d < 0 {
		return nil
	}
	want := m.pic.At - d
	at := sort.Search(len(h.moments), func(i int) bool { return h.moments[i].pic.At > want }) - 1
	if d < 0 && h.past {
		at = max(at, h.at+1)
	}
	return m.goTo(at)
}

// historyKeys go through what was seen.
func historyKeys() []binding {
	past := func(m *Model) bool { return m.history.past }
	return []binding{
		{keys: []string{"b", "shift+left"}, show: "b B", help: "go back and forward through what was seen; shift with ← → too", act: func(m *Model) tea.Cmd { return m.stepBack(1) }},
		{keys: []string{"B", "shift+right"}, act: func(m *Model) tea.Cmd { return m.stepBack(-1) }},
		{keys: []string{"ctrl+left"}, show: "ctrl+← →", help: "the same, 5 seconds at a time", act: func(m *Model) tea.Cmd { return m.leap(5 * time.Second) }},
		{keys: []string{"ctrl+right"}, act: func(m *Model) tea.Cmd { return m.leap(-5 * time.Second) }},
		{keys: []string{"home"}, show: "home end", help: "the beginning of what was seen; now", act: func(m *Model) tea.Cmd { return m.goTo(0) }},
		{keys: []string{"end"}, show: "end", short: "back to now", when: past, act: (*Model).returnToNow},
	}
}

// timelineRows is the height of the timeline, which is there while the past is
// shown.
const timelineRows = 3

// drawTimeline draws the history from left to right: what happened, how the
// ring was, and what was told. A click goes to its moment.
func (m *Model) drawTimeline(r draw.Region) {
	h := &m.history
	if r.Dy() == 0 || len(h.moments) == 0 {
		return
	}
	line := r.Sub(0, 0, r.Dx(), min(2, r.Dy()))
	first, last := h.moments[0].pic.At, h.moments[len(h.moments)-1].pic.At
	column := func(at time.Duration) int {
		if last == first {
			return 0
		}
		return int(int64(line.Dx()-1) * int64(at-first) / int64(last-first))
	}
	from := 0
	for x := range line.Dx() { // the worst health of what falls into a column
		to := from
		for to < len(h.moments) && column(h.moments[to].pic.At) <= x {
			to++
		}
		worst := h.moments[max(from-1, 0)].pic
		for _, mo := range h.moments[from:to] {
			if healthRank(mo.pic) > healthRank(worst) || from == 0 {
				worst = mo.pic
			}
		}
		if from == to { // nothing new: as it was
			worst = h.moments[max(to-1, 0)].pic
		}
		glyph := healthBand[healthRank(worst)]
		line.Put(x, line.Dy()-1, glyph.glyph, glyph.ink)
		at := max(to-1, 0)
		m.clickable(line.Sub(x, 0, 1, line.Dy()), func(m *Model) tea.Cmd { return m.goTo(at) })
		from = to
	}
	if line.Dy() > 1 {
		m.drawHappenings(line, column)
	}
	x := column(m.pic.At)
	line.Put(x, line.Dy()-1, "┃", draw.Accent|draw.Bold|draw.Reverse)
	if r.Dy() > 2 {
		m.drawMomentText(r.Rest(2))
	}
}

// healthBand is how the timeline shows each rank of health.
var healthBand = [...]mark{
	{"━", draw.Good}, {"╌", draw.Warn}, {"✕", draw.Bad},
}

// healthRank is 0 for an ideal ring, 1 for a valid one and 2 for a broken one.
func healthRank(pic *observe.Picture) int {
	switch {
	case pic.Health.Stable || len(pic.Peers) == 0:
		return 0
	case pic.Health.Valid:
		return 1
	}
	return 2
}

// drawHappenings marks joins, leaves, crashes, faults and captions above the
// band; of several in one column the worst is shown.
func (m *Model) drawHappenings(r draw.Region, column func(time.Duration) int) {
	marks := map[int]int{} // by column, an index of happenings
	h := &m.history
	for i := 1; i < len(h.moments); i++ {
		a, b := &h.moments[i-1], &h.moments[i]
		x := column(b.pic.At)
		for k := range happenings {
			if have, ok := marks[x]; (!ok || k < have) && happenings[k].is(a, b) {
				marks[x] = k
			}
		}
	}
	for x, k := range marks {
		r.Put(x, 0, happenings[k].glyph, happenings[k].ink)
	}
}

// happenings are what the timeline marks, the most important first.
var happenings = [...]struct {
	mark
	is func(a, b *moment) bool
}{
	{mark{"✕", draw.Bad | draw.Bold}, func(a, b *moment) bool { return countIn(b, observe.StateDead) > countIn(a, observe.StateDead) }},
	{mark{"╳", draw.Warn | draw.Bold}, func(a, b *moment) bool { return len(b.pic.Faults) > len(a.pic.Faults) }},
	{mark{"○", draw.Warn}, func(a, b *moment) bool { return countIn(b, observe.StateSilent) > countIn(a, observe.StateSilent) }},
	{mark{"»", draw.Accent | draw.Bold}, func(a, b *moment) bool { return b.chapter != a.chapter }},
	{mark{"−", draw.Plain}, func(a, b *moment) bool { return countIn(b, observe.StateLeft) > countIn(a, observe.StateLeft) }},
	{mark{"+", draw.Good | draw.Bold}, func(a, b *moment) bool { return b.pic.Health.Live > a.pic.Health.Live }},
	{mark{"›", draw.Accent}, func(a, b *moment) bool { return b.caption != a.caption }},
}

// countIn counts the peers of a moment in a state.
func countIn(m *moment, s observe.State) int {
	n := 0
	for i := range m.pic.Peers {
		if m.pic.Peers[i].State == s {
			n++
		}
	}
	return n
}

// drawMomentText says which moment is shown, and what happened there.
func (m *Model) drawMomentText(r draw.Region) {
	ago := m.live.At - m.pic.At
	x := r.Put(0, 0, fmt.Sprintf(" THE PAST  %s before now ", seconds(ago)), draw.Warn|draw.Bold|draw.Reverse)
	x = r.Put(x+1, 0, fmt.Sprintf("at %s", seconds(m.pic.At)), draw.Plain) + 2
	if n := len(m.pic.Events); n > 0 {
		e := &m.pic.Events[n-1]
		r.PutFit(x, 0, r.Dx()-x, e.Peer+" "+e.Text, levelMarks[e.Level].ink)
	}
}
