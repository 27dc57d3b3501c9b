package tui

import (
	"fmt"
	"image"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// sequence is the view of messages as a sequence diagram: peers are columns,
// time runs downwards, each message is an arrow.
type sequence struct {
	everyone bool   // the messages of all peers that tell theirs, and not only the selected one's
	at       uint64 // the number of the message under the cursor; 0: the latest, whichever it is
	top      int    // the first line that is shown
	first    uint64 // the number of the first message there; 0: none is shown yet
	grid     image.Rectangle

	// Made once for a picture and a peer.
	pic    *observe.Picture
	peer   ring.ID
	of     bool // everyone, when it was made
	lines  []sequenceLine
	actors []actor // by how much they say
}

// sequenceLine is a message, or, without one, a time in which nothing was said.
type sequenceLine struct {
	msg    *observe.Message
	after  time.Duration // of an answer: since it was asked for; of a silence: how long
	answer int           // of a request: the line of its answer; 0: none was seen
	lost   bool          // of a request: there will be none
}

// actor is a peer that sent or received.
type actor struct {
	id   ring.ID
	name string
	n    int // messages
}

// A silence is shown as such from this long on. Who has not answered for
// answerTime, while others were heard, will not.
const (
	silence    = 400 * time.Millisecond
	answerTime = 2 * time.Second
)

// messageView is who says what to whom.
func messageView() *view {
	return &view{
		name: "messages", traced: true,
		help: "What the selected peer says and hears, time downwards. ↑ ↓ message, ← → another peer, enter the other side, e everyone who tells.",
		main: func(m *Model, r draw.Region) { m.sequence.draw(m, r) },
		move: func(m *Model, by int, across bool) {
			if across {
				m.selectStep(by)
			} else {
				m.sequence.move(m, by)
			}
		},
		click: func(m *Model, at image.Point) tea.Cmd {
			if s := &m.sequence; at.In(s.grid) {
				s.choose(s.top + at.Y - s.grid.Min.Y)
			}
			return nil
		},
		pick:   func(m *Model) tea.Cmd { return m.sequence.enter(m) },
		beside: func(*Model) (first, second []paneID) { return []paneID{paneInspector}, []paneID{paneLog} },
		keys: []binding{
			{keys: []string{"e"}, show: "e", short: "everyone", help: "the messages of everyone who tells them, or of the selected peer", act: func(m *Model) tea.Cmd {
				m.sequence.everyone = !m.sequence.everyone
				m.sequence.at = 0
				return nil
			}},
		},
		leave: func(m *Model) tea.Cmd { m.sequence.at = 0; return nil },
	}
}

// make reads a picture.
func (s *sequence) make(m *Model) {
	if s.pic == m.pic && s.peer == m.chosen && s.of == s.everyone {
		return
	}
	if s.peer != m.chosen && !s.everyone || s.of != s.everyone {
		s.at, s.first, s.top = 0, 0, 0
	}
	s.pic, s.peer, s.of = m.pic, m.chosen, s.everyone
	s.lines, s.actors = s.lines[:0], s.actors[:0]
	type call struct {
		asker ring.ID
		n     uint64
	}
	asked := make(map[call]int)
	count := make(map[ring.ID]*actor)
	last := time.Duration(-1)
	for i := range m.pic.Traffic {
		msg := &m.pic.Traffic[i]
		if !s.everyone && msg.From != m.chosen && msg.To != m.chosen {
			continue
		}
		if d := msg.At - last; last >= 0 && d >= silence {
			s.lines = append(s.lines, sequenceLine{after: d})
		}
		last = msg.At
		l := sequenceLine{msg: msg}
		switch {
		case msg.Call == 0:
		case !msg.Answer:
			asked[call{msg.From, msg.Call}] = len(s.lines)
		default:
			if at, ok := asked[call{msg.To, msg.Call}]; ok {
				s.lines[at].answer = len(s.lines)
				l.after = msg.At - s.lines[at].msg.At
			}
		}
		s.lines = append(s.lines, l)
		for _, a := range [...]actor{{msg.From, msg.FromName, 0}, {msg.To, msg.ToName, 0}} {
			if count[a.id] == nil {
				count[a.id] = &actor{a.id, a.name, 0}
			}
			count[a.id].n++
		}
	}
	for _, at := range asked {
		l := &s.lines[at]
		l.lost = l.answer == 0 && last-l.msg.At > answerTime
	}
	for _, a := range count {
		s.actors = append(s.actors, *a)
	}
	slices.SortFunc(s.actors, func(a, b actor) int {
		if a.n != b.n {
			return b.n - a.n
		}
		return a.id.Compare(b.id)
	})
}

// row returns the line of the cursor, which is never a silence; -1 if there is
// no message.
func (s *sequence) row() int {
	for i := len(s.lines) - 1; i >= 0; i-- {
		if msg := s.lines[i].msg; msg != nil && (s.at == 0 || msg.Number <= s.at) {
			return i
		}
	}
	if len(s.lines) > 0 { // older than all of them
		return 0
	}
	return -1
}

// move moves the cursor by so many messages; beyond the latest it follows.
func (s *sequence) move(m *Model, by int) {
	s.make(m)
	step := 1
	if by < 0 {
		step, by = -1, -by
	}
	for at := s.row() + step; by > 0; at += step {
		if at >= len(s.lines) {
			s.at = 0
			return
		}
		if at < 0 {
			return
		}
		if msg := s.lines[at].msg; msg != nil {
			s.at = msg.Number
			by--
		}
	}
}

func (s *sequence) choose(row int) {
	if row >= 0 && row < len(s.lines) && s.lines[row].msg != nil {
		s.at = s.lines[row].msg.Number
	}
}

// enter selects the other side of the message under the cursor.
func (s *sequence) enter(m *Model) tea.Cmd {
	s.make(m)
	at := s.row()
	if at < 0 {
		return nil
	}
	other := s.lines[at].msg.To
	if other == m.chosen {
		other = s.lines[at].msg.From
	}
	return m.follow(zone{peer: other, link: true})
}

// words says what is under the cursor: who said what to whom, and what came
// of it.
func (s *sequence) words() []row {
	at := s.row()
	if at < 0 {
		return []row{{}, {}}
	}
	l := &s.lines[at]
	verb, also := " asks ", ""
	switch {
	case l.msg.Answer:
		verb = " answers "
		also = "  " + afterText(l.after)
	case l.msg.Call == 0:
		verb, also = " tells ", "  which nobody answers"
	case l.answer > 0:
		a := &s.lines[l.answer]
		also = "  answered " + afterText(a.after) + ": " + messageText(a.msg)
	case l.lost:
		also = "  ✕ no answer was seen"
	default:
		also = "  no answer yet"
	}
	means := ""
	if w := messageMeans[l.msg.Name]; w != "" {
		means = "   “" + w + "”"
	}
	return []row{
		line(part{l.msg.FromName + verb + l.msg.ToName, draw.Plain | draw.Bold}, part{"   " + messageText(l.msg), draw.Plain}, part{means, draw.Dim}),
		line(part{fmt.Sprintf("at %.3f s", l.msg.At.Seconds()), draw.Dim}, part{also, draw.Plain}),
	}
}

// afterText says how long an answer took. Where only who answers tells of it, it
// took no time.
func afterText(d time.Duration) string {
	if d < time.Microsecond {
		return "at once"
	}
	return "after " + milliseconds(d)
}

// messageText is a message's name and what is in it.
func messageText(msg *observe.Message) string {
	if msg.Text == "" {
		return msg.Name
	}
	return msg.Name + " " + msg.Text
}
