package tui

import (
	"fmt"
	"strings"
	"time"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// recoveryStays is how long the card of a recovery stays when it is over.
const recoveryStays = 20 * time.Second

// recovery returns the last recovery if it is under way or was a moment ago, or
// nil.
func (m *Model) recovery() *observe.Recovery {
	n := len(m.pic.Recoveries)
	if n == 0 {
		return nil
	}
	r := &m.pic.Recoveries[n-1]
	if r.Over && m.pic.At-r.At-recoveryTook(r) > recoveryStays {
		return nil
	}
	return r
}

// The moments of a recovery, in the order in which they usually come.
var momentNames = [...]string{"suspected", "ring", "fingers", "keys"}

func moments(r *observe.Recovery) [len(momentNames)]observe.Moment {
	return [...]observe.Moment{r.Suspected, r.Ring, r.Fingers, r.Keys}
}

// recoveryTook is the time until the last moment that was reached.
func recoveryTook(r *observe.Recovery) time.Duration {
	var last time.Duration
	for _, mo := range moments(r) {
		if mo.Reached {
			last = max(last, mo.After)
		}
	}
	return last
}

// ended reports whether nothing more will be reached: what was not by now, such
// as that anybody is suspected after a heal, never is.
func ended(r *observe.Recovery) bool { return r.Over || r.Interrupted }

// recoveryHeading says what broke the ring, and whether it is right again.
func recoveryHeading(r *observe.Recovery) heading {
	h := heading{title: "Recovery after " + r.What, note: "under way"}
	if ended(r) {
		h.note = "over"
	}
	return h
}

// recoveryRows is the card: each moment with a bar as long as it took, and what
// it cost. Where a scenario takes room too, or on a low screen, there are no bars,
// and two moments in a row.
func recoveryRows(m *Model, r *observe.Recovery, width int) []row {
	var rows []row
	if m.compact() || m.play != nil && m.height < roomyHeight {
		rows = momentPairs(r, width)
	} else {
		rows = momentBars(r, m.pic.At-r.At, width)
	}
	return append(rows, costRow(r, width))
}

// momentMark says whether the i-th moment has come, may still come, or will not.
func momentMark(r *observe.Recovery, i int, mo observe.Moment) mark {
	switch {
	case mo.Reached && lostKeys(r, i):
		return mark{"✕", draw.Bad}
	case mo.Reached:
		return mark{"✓", draw.Good}
	case ended(r):
		return mark{"–", draw.Dim}
	}
	return mark{"…", draw.Accent}
}

// tookText is how long the i-th moment took, which has come. What was right all
// the time took none; who suspects at once, on the contrary, was quick. Keys that
// are lost do not get right again, so their number is what there is to tell.
func tookText(r *observe.Recovery, i int, mo observe.Moment) string {
	if lostKeys(r, i) {
		return fmt.Sprint(r.Lost, " lost")
	}
	if mo.After == 0 && momentNames[i] != "suspected" {
		return "unharmed"
	}
	return spent(mo.After)
}

// lostKeys reports whether the i-th moment is that of keys of which some are lost.
func lostKeys(r *observe.Recovery, i int) bool { return momentNames[i] == "keys" && r.Lost > 0 }

func momentPairs(r *observe.Recovery, width int) []row {
	var rows []row
	for i, mo := range moments(r) {
		mk := momentMark(r, i, mo)
		text := momentNames[i]
		if mo.Reached {
			text += " " + tookText(r, i, mo)
		}
		if i%2 == 0 {
			rows = append(rows, row{})
			text = left(text, max(width/2-2, 17))
		}
		last := &rows[len(rows)-1]
		last.parts = append(last.parts, part{mk.glyph + " ", mk.ink}, part{text, draw.Plain})
	}
	return rows
}

// momentBars draws the time that each moment took beside that of the others;
// one that has not come yet takes as long as the recovery is old.
func momentBars(r *observe.Recovery, age time.Duration, width int) []row {
	const names, times, rounds = 12, 8, 12
	longest := max(recoveryTook(r), 1)
	if !r.Over {
		longest = max(longest, age)
	}
	bar := width - 2 - names - times
	said := ""
	if r.Ring.Reached && r.Ring.After > 0 && bar >= 2*rounds {
		said = fmt.Sprintf("%.1f rounds", r.Rounds)
		if r.Rounds >= 10 {
			said = fmt.Sprintf("%.0f rounds", r.Rounds)
		}
		bar -= rounds
	}
	var rows []row
	for i, mo := range moments(r) {
		mk, text, took := momentMark(r, i, mo), "", age
		n := 0
		switch {
		case mo.Reached:
			text, took = tookText(r, i, mo), mo.After
		case ended(r):
			took = 0
		}
		if took > 0 {
			n = min(max(int(float64(bar)*float64(took)/float64(longest)), 1), bar)
		}
		l := line(
			part{mk.glyph + " ", mk.ink}, part{left(momentNames[i], names), draw.Plain},
			part{left(strings.Repeat("━", n), bar), mk.ink}, part{right(text, times), draw.Plain},
		)
		if momentNames[i] == "ring" && said != "" {
			l.add("  "+said, draw.Dim)
		}
		rows = append(rows, l)
	}
	return rows
}

// costRow says what a recovery cost, in as many words as fit.
func costRow(r *observe.Recovery, width int) row {
	messages := part{count(r.Messages) + " messages", draw.Dim}
	failed := part{"no lookup failed", draw.Dim}
	if n := r.LookupsFailed + r.LookupsTimedOut; n > 0 {
		failed = part{observe.Plural(r.LookupsFailed, "lookup") + " failed", draw.Bad}
		if r.LookupsTimedOut > 0 {
			failed.text += fmt.Sprintf(", %d lost time", r.LookupsTimedOut)
		}
	}
	full := dotted([]part{messages, failed})
	if full.width() <= width {
		return full
	}
	return line(failed)
}
