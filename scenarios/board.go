package scenarios

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/clipperhouse/displaywidth"
)

// board shows several runs on a terminal, a line for each: those that are over
// stay, and below them are those that run.
type board struct {
	mu      sync.Mutex
	w       io.Writer
	columns int
	runs    []*oneRun
	now     map[int]string // what a run is doing
	order   []int          // of those that run, as they began
	drawn   int            // lines that are drawn again
	name    int            // width of the longest name
}

func newBoard(w io.Writer, columns int, runs []*oneRun) *board {
	b := &board{w: w, columns: columns, runs: runs, now: make(map[int]string)}
	for _, o := range runs {
		b.name = max(b.name, displaywidth.String(o.name))
	}
	b.name = min(b.name, columns/2)
	return b
}

// progress hears of a line of the run i.
func (b *board) progress(i int, p Progress) {
	if p.Done {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, runs := b.now[i]; !runs {
		b.order = append(b.order, i)
	}
	b.now[i] = fmt.Sprintf("%d/%d %s", p.Index+1, len(b.runs[i].sc.Lines), p.Line.Text)
	b.draw("")
}

// end moves the run i to those that are over.
func (b *board) end(i int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.now, i)
	b.order = slices.DeleteFunc(b.order, func(j int) bool { return j == i })
	rep := &b.runs[i].rep
	mark := "ok"
	switch {
	case rep.Interrupted:
		mark = "stop"
	case !rep.Passed():
		mark = "FAIL"
	}
	b.draw(b.line(mark, i, fmt.Sprintf("%d of %d held, %v", rep.Expectations-rep.Failed, rep.Expectations, rep.Duration.Round(time.Millisecond))))
}

// close leaves only what is over.
func (b *board) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.order = nil
	b.draw("")
}

func (b *board) line(mark string, i int, text string) string {
	name := displaywidth.TruncateString(b.runs[i].name, b.name, "…")
	name += strings.Repeat(" ", b.name-displaywidth.String(name))
	return displaywidth.TruncateString(visible(fmt.Sprintf("%-4s  %s  %s", mark, name, text)), b.columns-1, "…") + "\n"
}

// draw writes a line that stays, if there is one, and those below it again.
func (b *board) draw(over string) {
	var out strings.Builder
	if b.drawn > 0 {
		fmt.Fprintf(&out, "\x1b[%dA\x1b[J", b.drawn)
	}
	out.WriteString(over)
	for _, i := range b.order {
		out.WriteString(b.line("..", i, b.now[i]))
	}
	b.drawn = len(b.order)
	_, _ = io.WriteString(b.w, out.String())
}
