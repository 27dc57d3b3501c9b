package tui

import (
	"cmp"
	"fmt"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

// foldFingers is the number of fingers from which rows with the same node are
// shown as one. Nothing is lost: the intervals of such rows join.
const foldFingers = 10

// fingerRun is a run of finger rows that point at the same peer.
type fingerRun struct {
	first, last observe.Finger
	fixed       time.Duration // when the one that waits longest was; 0: not known of all
}

// fingerRuns joins neighbouring fingers that agree in everything the table
// shows, or gives each its own run.
func fingerRuns(fingers []observe.Finger, fold bool) []fingerRun {
	var runs []fingerRun
	for _, g := range fingers {
		if n := len(runs); fold && n > 0 && samePointer(runs[n-1].last.Pointer, g.Pointer) {
			runs[n-1].last = g
			runs[n-1].fixed = min(runs[n-1].fixed, g.Fixed)
			continue
		}
		runs = append(runs, fingerRun{g, g, g.Fixed})
	}
	return runs
}

func samePointer(a, b observe.Pointer) bool {
	return a.ID == b.ID && a.Name == b.Name && a.Verdict == b.Verdict && a.WantName == b.WantName
}

// fingerRows is the finger table: number, start, interval, node, verdict, and
// when each row was last fixed. That, the interval and the start are left out,
// in this order, where there is no room for them.
func fingerRows(m *Model, p *observe.Peer, width int) []row {
	if len(p.Fingers) == 0 {
		return nil
	}
	runs := fingerRuns(p.Fingers, len(p.Fingers) > foldFingers && !m.unfold)
	cells := fingerCells(m, runs, width)
	var w [6]int
	for _, c := range cells {
		for i := range c {
			w[i] = max(w[i], draw.Width(c[i]))
		}
	}
	const gap, glyph = 2, 2
	full := w[0] + w[1] + w[2] + w[3] + w[4] + w[5] + 4*gap + glyph
	if full > width || w[5] == draw.Width(cells[0][5]) {
		full -= w[5] + gap
		w[5] = 0
	}
	if full > width {
		full -= w[2] + gap
		w[2] = 0
	}
	if full > width {
		w[1] = 0
	}
	var rows []row
	if !m.compact() {
		rows = append(rows, row{})
	}
	for i, c := range cells {
		if i == 0 {
			head := fingerRow(c, w, draw.Dim, draw.Dim)
			if w[5] > 0 {
				head.add(left("", glyph+w[4]+gap)+right(c[5], w[5]), draw.Dim)
			}
			rows = append(rows, head)
			continue
		}
		r := judged(fingerRow(c, w, draw.Plain, draw.Plain|draw.Bold), runs[i-1].first.Pointer, c[4])
		if w[5] > 0 {
			r.add(left("", w[4]-draw.Width(c[4])+gap)+right(c[5], w[5]), draw.Dim)
		}
		rows = append(rows, r)
	}
	return rows
}

// fingerCells returns the table as text, its head first: number, start,
// interval, node, what the node should be, and how long ago it was fixed.
func fingerCells(m *Model, runs []fingerRun, width int) [][6]string {
	head := "i"
	if m.zeroBased {
		head = "i from 0"
	}
	cells := [][6]string{{head, "start", "interval", "node", "", "fixed"}}
	for _, run := range runs {
		cells = append(cells, [6]string{
			m.numbers(run.first.Index, run.last.Index),
			short(m.pic.Space, run.first.Start),
			interval(m.pic.Space, run),
			cmp.Or(run.first.Name, "none"),
			wantText(run.first.Pointer, width),
			fixedText(m.pic, run),
		})
	}
	return cells
}

// fixedText says how long ago a run of fingers was fixed; nothing if it is not
// known.
func fixedText(pic *observe.Picture, run fingerRun) string {
	if run.fixed <= 0 || run.fixed > pic.At {
		return ""
	}
	return seconds(pic.At-run.fixed) + " ago"
}

// fingerRow lays out one line of the table; columns of no width are left out.
func fingerRow(c [6]string, w [6]int, start, node draw.Ink) row {
	r := line(part{right(c[0], w[0]) + "  ", draw.Dim})
	if w[1] > 0 {
		r.add(right(c[1], w[1])+"  ", start)
	}
	if w[2] > 0 {
		r.add(left(c[2], w[2])+"  ", draw.Dim)
	}
	r.add(left(c[3], w[3]), node)
	return r
}

// judged adds the verdict on a pointer, and makes the row lead to its peer.
func judged(r row, s observe.Pointer, want string) row {
	v := verdictMarks[s.Verdict]
	r.add(" "+v.glyph, v.ink)
	r.add(want, v.ink&^draw.Bold)
	if s.Verdict == observe.None {
		return r
	}
	return r.to(s.ID)
}

// numbers writes the numbers of fingers, from 1 as in the papers or from 0.
func (m *Model) numbers(first, last int) string {
	if m.zeroBased {
		first, last = first-1, last-1
	}
	if first == last {
		return fmt.Sprint(first)
	}
	return fmt.Sprintf("%d–%d", first, last)
}

// interval writes the interval a run of fingers serves.
func interval(space ring.Space, run fingerRun) string {
	return fmt.Sprintf("[%s, %s)", short(space, run.first.Interval.From), short(space, run.last.Interval.To))
}

// shortDigits is how much of a long hexadecimal identifier is shown.
const shortDigits = 6

// short writes an identifier, cut if it is a long one.
func short(space ring.Space, id ring.ID) string {
	text := space.Format(id)
	if len(text) > 2*shortDigits {
		return text[:shortDigits] + "…"
	}
	return text
}
