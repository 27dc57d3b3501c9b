package tui

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// chapters lists the chapters of the scenario that plays. Enter jumps to one:
// what is ahead is hurried through, and what is past begins anew on a fresh
// ring.
type chapters struct {
	listBox
}

// openChapters opens the list with the present chapter under the cursor.
func (m *Model) openChapters() tea.Cmd {
	c := &chapters{}
	none := true
	for _, l := range m.play.script.Lines {
		none = none && l.Command != "chapter"
	}
	if none {
		return m.say(observe.Info, "this scenario has no chapters")
	}
	for i, it := range c.items(m, boxWidth) {
		if it.line <= m.play.current {
			c.cursor = i
		}
	}
	m.dialog = c
	return nil
}

// chapterItem is an item with the index of its line.
type chapterItem struct {
	item
	line int
}

func (c *chapters) items(m *Model, width int) []chapterItem {
	var list []chapterItem
	for i, l := range m.play.script.Lines {
		if l.Command != "chapter" && i > 0 {
			continue
		}
		title := "the beginning"
		if l.Command == "chapter" {
			title = l.Told
		}
		mk := lineMarks[m.play.lines[i].state]
		r := line(part{mk.glyph + " ", mk.ink}, part{title, draw.Plain})
		if i == 0 && l.Command != "chapter" {
			r.parts[1].ink = draw.Dim
		}
		where := "line " + strconv.Itoa(l.Number)
		r.add(right(where, width-r.width()), draw.Dim)
		list = append(list, chapterItem{item{rows: []row{r}, act: func(m *Model) tea.Cmd { return m.jump(i, title) }}, i})
	}
	return list
}

// plain returns the items as a list box takes them.
func (c *chapters) plain(m *Model, width int) []item {
	var items []item
	for _, it := range c.items(m, width) {
		items = append(items, it.item)
	}
	return items
}

func (c *chapters) key(m *Model, k tea.KeyPressMsg) (done bool, cmd tea.Cmd) {
	handled, done, cmd := c.listBox.key(m, k.String(), c.plain(m, boxWidth))
	return done || !handled, cmd
}

func (c *chapters) wheel(m *Model, by int) { c.move(by, c.plain(m, boxWidth)) }

func (c *chapters) draw(m *Model, screen, _ draw.Region) {
	c.listBox.draw(m, screen, "Chapters", draw.Accent, nil, c.plain(m, boxInner(screen.Dx())))
}

// jump goes to a line of the scenario.
func (m *Model) jump(to int, title string) tea.Cmd {
	how := "on to “" + title + "” …"
	if to <= m.play.current && m.play.lines[to].state != linePending {
		how = "anew up to “" + title + "”, on a fresh ring …"
	}
	if cmd := m.give(order{kind: orderJump, n: to, line: "chapter"}); cmd != nil {
		return cmd // why not
	}
	return m.say(observe.Info, how)
}
