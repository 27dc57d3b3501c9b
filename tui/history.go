package tui

import (
	"slices"
	"sort"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
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

	runs  bool          // the past goes on by itself
	clock time.Duration // how far it has come, on the Picture's clock
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
		m.weight = weigh(m.pic, h.moments[n-1].pic)
	} else {
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
	const peer, pointer, way, event, lookup, message, run = 400, 160, 64, 120, 280, 150, 100
	if before == nil {
		before = new(observe.Picture)
	}
	shared := make(map[any]bool, 2*len(before.Peers))
	for i := range before.Peers {
		p := &before.Peers[i]
		shared[first(p.Fingers)], shared[first(p.Ways)] = true, true
	}
	n := 2000 + lookup*len(pic.Lookups) + run*len(pic.Runs) + peer*len(pic.Peers)
	for i := range pic.Peers {
		p := &pic.Peers[i]
		if !shared[first(p.Fingers)] {
			n += pointer * (len(p.Fingers) + len(p.Successors))
		}
		if !shared[first(p.Ways)] {
			n += way * len(p.Ways)
		}
	}
	if first(pic.Events) != first(before.Events) {
		n += event * len(pic.Events)
	}
	if first(pic.Traffic) != first(before.Traffic) {
		n += message * len(pic.Traffic)
	}
	return n
}

// first tells slices apart that do not share what they hold.
func first[T any](s []T) *T {
	if len(s) == 0 {
		return nil
	}
	return &s[0]
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

// goTo shows a moment of the history, and stops there; beyond the last one it
// is now.
func (m *Model) goTo(at int) tea.Cmd {
	m.history.runs = false
	return m.showMoment(at)
}

func (m *Model) showMoment(at int) tea.Cmd {
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
	h.past, h.runs = false, false
	m.trip, m.noTrip = h.left, h.noLeft
	return m.shows(m.live)
}

// stepBack goes to the moment before whatever changed last, or with by 1 to
// after what changed next.
func (m *Model) stepBack(by int) tea.Cmd {
	h := &m.history
	at := h.at
	if !h.past {
		if by < 0 || len(h.moments) < 2 {
			return nil
		}
		at = len(h.moments) - 1
	}
	if by > 0 {
		for at > 0 && !differs(&h.moments[at-1], &h.moments[at]) {
			at--
		}
		return m.goTo(at - 1)
	}
	for at++; at < len(h.moments) && !differs(&h.moments[at-1], &h.moments[at]); {
		at++
	}
	return m.goTo(at)
}

// differs reports whether there is more between two moments than the count of
// messages and the time.
func differs(a, b *moment) bool {
	latest := func(p *observe.Picture) (event observe.Event, lookup uint64, lines int) {
		if n := len(p.Events); n > 0 {
			event = p.Events[n-1]
		}
		if n := len(p.Lookups); n > 0 {
			lookup = p.Lookups[n-1].Number
		}
		if n := len(p.Runs); n > 0 {
			lines = len(p.Runs[n-1].Lines)
		}
		return event, lookup, lines
	}
	event1, lookup1, lines1 := latest(a.pic)
	event2, lookup2, lines2 := latest(b.pic)
	return notable(a.pic, b.pic) || a.pic.Health != b.pic.Health || a.caption != b.caption ||
		event1 != event2 || lookup1 != lookup2 || lines1 != lines2
}

// leap goes to the moment d before the one that is shown, or after it if d is
// negative.
func (m *Model) leap(d time.Duration) tea.Cmd {
	h := &m.history
	if len(h.moments) == 0 || !h.past && d < 0 {
		return nil
	}
	at := h.last(m.pic.At - d)
	if d < 0 {
		at = max(at, h.at+1)
	}
	return m.goTo(at)
}

// last is the index of the last moment that is not after t; 0 if all are.
func (h *history) last(t time.Duration) int {
	return max(sort.Search(len(h.moments), func(i int) bool { return h.moments[i].pic.At > t })-1, 0)
}

// goNear shows the moment of a time, which may be outside of what was seen.
func (m *Model) goNear(t time.Duration) tea.Cmd {
	if len(m.history.moments) == 0 {
		return nil
	}
	return m.goTo(m.history.last(t))
}

// refusePast says why nothing is done.
func (m *Model) refusePast() tea.Cmd {
	return m.say(levelMarks[observe.Warning], "this is the past, only to be looked at: end goes back to now")
}

// runOn lets the past go on by itself, as it went, up to now, or stops it.
func (m *Model) runOn() tea.Cmd {
	m.history.runs, m.history.clock = !m.history.runs, m.pic.At
	return m.animate()
}

// quietTime is the longest time in which nothing happens while the past runs.
const quietTime = time.Second

// runPast lets the past go on by the time since the last tick.
func (m *Model) runPast(step time.Duration) tea.Cmd {
	h := &m.history
	h.clock += step
	at := max(h.last(h.clock), h.at)
	next := at + 1
	for next < len(h.moments) && !differs(&h.moments[next-1], &h.moments[next]) {
		next++
	}
	switch now := next == len(h.moments); { // where nothing happens for long, it does not take long
	case now && h.clock-h.moments[at].pic.At > quietTime:
		return m.returnToNow()
	case !now:
		h.clock = max(h.clock, h.moments[next].pic.At-quietTime)
	}
	switch {
	case at == len(h.moments)-1:
		return m.returnToNow()
	case at != h.at:
		return m.showMoment(at)
	}
	return nil
}

// historyKeys go back into what was seen.
func historyKeys() []binding {
	return []binding{
		{keys: []string{"b", "shift+left"}, show: "b B", help: "go back to before what changed last, and forward; shift with ← → too", act: func(m *Model) tea.Cmd { return m.stepBack(1) }},
		{keys: []string{"B", "shift+right"}, act: func(m *Model) tea.Cmd { return m.stepBack(-1) }},
		{keys: []string{"ctrl+left"}, show: "ctrl+← →", help: "back and forward by 5 seconds", act: func(m *Model) tea.Cmd { return m.leap(5 * time.Second) }},
		{keys: []string{"ctrl+right"}, act: func(m *Model) tea.Cmd { return m.leap(-5 * time.Second) }},
		{keys: []string{"home"}, show: "home", help: "the beginning of what was seen", act: func(m *Model) tea.Cmd { return m.goTo(0) }},
	}
}

// pastKeys work while the past is shown, before all others.
func pastKeys() []binding {
	runs := func(m *Model) string {
		if m.history.runs {
			return "stop here"
		}
		return "let it run"
	}
	return []binding{
		{keys: []string{"end"}, show: "end", short: "back to now", when: (*Model).looksBack, help: "back to now; esc too", act: (*Model).returnToNow},
		{keys: []string{"space"}, show: "space", word: runs, when: (*Model).looksBack, help: "let the past run as it ran, up to now, or stop it", act: (*Model).runOn},
		{keys: []string{"b"}, show: "b B", short: "step", when: (*Model).looksBack, act: func(m *Model) tea.Cmd { return m.stepBack(1) }},
		{keys: []string{"ctrl+left"}, show: "ctrl+← →", short: "5 s", when: (*Model).looksBack, act: func(m *Model) tea.Cmd { return m.leap(5 * time.Second) }},
	}
}
