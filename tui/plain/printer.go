package plain

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode"
)

// tone is how much a line matters: the number of the terminal's colour for it.
type tone int

const (
	plainly tone = 0
	bad     tone = 31
	good    tone = 32
	warning tone = 33
	aloud   tone = 36 // what the lesson says
)

// printer writes lines. It is safe for concurrent use.
type printer struct {
	colour bool
	now    func() time.Duration
	failed func() // called when the output takes no more

	mu  sync.Mutex
	w   io.Writer
	err error
}

// say writes what who did, now.
func (p *printer) say(t tone, who, what string) { p.at(p.now(), t, who, what) }

// at writes what who did at a moment of the ring: always one line, whatever
// words it is made of.
func (p *printer) at(when time.Duration, t tone, who, what string) {
	line := fmt.Sprintf("%.3fs %s: %s", when.Seconds(), who, what)
	line = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r): // a terminal could obey it
			return unicode.ReplacementChar
		}
		return r
	}, line)
	if p.colour && t != plainly {
		line = fmt.Sprintf("\x1b[%dm%s\x1b[m", t, line)
	}
	p.text(line + "\n")
}

// text writes lines as they are.
func (p *printer) text(lines string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return
	}
	if _, p.err = io.WriteString(p.w, lines); p.err != nil {
		p.failed()
	}
}

func (p *printer) problem() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}
