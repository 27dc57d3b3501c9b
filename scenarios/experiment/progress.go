package experiment

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// bar is a progress bar on one line of a terminal.
type bar struct {
	w     io.Writer
	began time.Time
	drawn time.Time // zero: nothing stands there
	what  string
}

const (
	barWidth = 30
	barEvery = 100 * time.Millisecond
	clearEnd = "\r\x1b[K"
)

// show draws the bar, unless it was drawn just now.
func (b *bar) show(done float64, what string) {
	now := time.Now()
	if what == b.what && now.Sub(b.drawn) < barEvery {
		return
	}
	b.drawn, b.what = now, what
	full := int(done * barWidth)
	left := ""
	if spent := now.Sub(b.began); done > 0.02 && done < 1 && spent > time.Second {
		left = fmt.Sprintf(", about %v left", time.Duration(float64(spent)*(1-done)/done).Round(time.Second))
	}
	fmt.Fprintf(b.w, "%s%s%s %3.0f %%  %s%s", clearEnd, strings.Repeat("█", full), strings.Repeat("░", barWidth-full), 100*done, what, left)
}

// clear takes the bar away, to make room for a row.
func (b *bar) clear() {
	if !b.drawn.IsZero() {
		io.WriteString(b.w, clearEnd)
		b.drawn = time.Time{}
	}
}
