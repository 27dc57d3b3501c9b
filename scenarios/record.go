package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// Recorder writes down what is done with a ring as a scenario that does it
// again: lines typed by a person, key presses, and those of a scenario that is
// replayed. Where a person waited for the ring, the scenario waits, too; peers
// that were drawn or chosen are named, also those whose identifier is a hash.
//
// Give it to a Runner before its first line. A Runner that comes after another
// one has a new ring, and the recording begins anew. It is safe to use from any
// goroutine.
type Recorder struct {
	mu      sync.Mutex
	stopped bool
	closing string // of one that has stopped

	runner   *Runner
	settings Settings
	opened   bool // the ring has been described, or its settings
	lines    []recordedLine
	lost     int // lines beyond maxRecorded

	there     map[ring.ID]bool // peers that the lines so far have on the ring
	ended     time.Duration    // when the last line had ended, on the ring's clock
	unsettled bool             // something was done since the ring was waited for
	calm      bool             // the ring was stable when the last line had ended
	rings     int              // then
}

// recordedLine is one line of a recording.
type recordedLine struct {
	text   string
	joins  bool // it lets peers join, through whomever
	waits  bool
	at     time.Duration
	byHand bool
}

// maxRecorded bounds a recording, which must be a file that can be read again.
const maxRecorded = 10_000

// NewRecorder returns a recorder that records.
func NewRecorder() *Recorder { return &Recorder{} }

// Start forgets what was recorded and begins anew: with lines that make the
// ring as it is now, if there is one.
func (rec *Recorder) Start() {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.stopped = false
	rec.reset()
	if rec.runner != nil {
		if pic := rec.runner.sys.Picture(); len(pic.Peers) > 0 {
			rec.open(pic)
		}
	}
}

// Stop ends the recording; Text still returns it.
func (rec *Recorder) Stop() {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if !rec.stopped {
		rec.stopped, rec.closing = true, rec.claims()
	}
}

// Recording reports whether lines are being recorded.
func (rec *Recorder) Recording() bool {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return !rec.stopped
}

func (rec *Recorder) reset() {
	rec.lines, rec.lost, rec.opened, rec.unsettled, rec.rings, rec.ended = nil, 0, false, false, 0, 0
	rec.there = make(map[ring.ID]bool)
}

// configure takes over the settings of a runner.
func (rec *Recorder) configure(r *Runner) {
	if rec == nil {
		return
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.meet(r)
}

func (rec *Recorder) meet(r *Runner) {
	if rec.runner != r {
		rec.reset()
		rec.runner = r
	}
	rec.settings = r.settings()
}

// unrecorded are commands that leave nothing behind: the lines of an included
// file are recorded themselves, churn records what happened, and who is traced
// is the screen's affair.
var unrecorded = []string{"include", "churn", "trace"}

// membership are the commands that change who is there.
var membership = []string{"join", "leave", "kill", "restart", "churn", "include"}

// before is called when a line is about to run.
func (rec *Recorder) before(r *Runner, l Line) {
	if rec == nil {
		return
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.meet(r)
	if rec.stopped {
		return
	}
	pic := r.sys.Picture()
	_, attached := r.sys.(attached)
	late := attached && !slices.Contains(membership, l.Command) // news of such a ring takes a moment
	if l.starts && !rec.opened && !late {
		rec.open(pic)
	}
	if rec.opened && !slices.Contains(unrecorded, l.Command) {
		rec.seen(pic)
		rec.waited(pic, l, r.sys.Now())
	}
}

// after is called when a line was carried out. chosen are the peers that its
// selectors stood for.
func (rec *Recorder) after(r *Runner, l Line, res Result, chosen []choice) {
	if rec == nil {
		return
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if rec.stopped {
		return
	}
	rec.settings = r.settings()
	pic := r.sys.Picture()
	switch {
	case l.starts && !rec.opened:
		rec.open(pic)
	case rec.opened && !slices.Contains(membership, l.Command):
		rec.seen(pic)
	}
	if !slices.Contains(unrecorded, l.Command) && (rec.opened || l.Command != "set") {
		rec.write(l, concrete(l, res, chosen, pic), res, r.sys.Now())
	}
	rec.there = make(map[ring.ID]bool)
	for i := range pic.Peers {
		if p := &pic.Peers[i]; present(p) {
			rec.there[p.ID] = true
		}
	}
	rec.ended, rec.rings, rec.calm = r.sys.Now(), pic.Health.Rings, pic.Health.Stable
	rec.unsettled = rec.unsettled && l.Command != "wait" || slices.Contains(disturbing, l.Command)
}

// write adds a line in its words. Peers that were added one after the other,
// without a pause, join in one line.
func (rec *Recorder) write(l Line, texts []string, res Result, now time.Duration) {
	if l.Claim && res.Failed {
		texts = []string{"# " + l.Text + " (did not hold: " + res.Seen + ")"}
	}
	joins := l.Command == "join" && !strings.Contains(l.Text, " via ")
	if joins && !l.scripted {
		last := len(rec.lines) - 1
		if last >= 1 && rec.lines[last].waits { // which this very line has written
			last--
		}
		if last >= 0 && rec.lines[last].joins && rec.lines[last].byHand && now-rec.lines[last].at < time.Second {
			rec.lines = rec.lines[:last+1]
			rec.lines[last].text += strings.TrimPrefix(texts[0], "join")
			rec.lines[last].at = now
			return
		}
	}
	for _, text := range texts {
		rec.keep(recordedLine{text: text, joins: joins, at: now, byHand: !l.scripted})
	}
}

// happened records one event of a longer line, such as churn, and the time
// before it.
func (rec *Recorder) happened(r *Runner, text string) {
	if rec == nil {
		return
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if rec.stopped {
		return
	}
	now := r.sys.Now()
	if pause := (now - rec.ended).Round(10 * time.Millisecond); pause > 0 && text != "" {
		rec.add(fmt.Sprintf("sleep %v", pause))
	}
	rec.add(text)
	rec.ended, rec.unsettled, rec.calm = now, true, false
}

func (rec *Recorder) add(text string) { rec.keep(recordedLine{text: text}) }

func (rec *Recorder) keep(l recordedLine) {
	if len(rec.lines) >= maxRecorded {
		rec.lost++
		return
	}
	rec.lines = append(rec.lines, l)
}

// Text returns the recording as the text of a scenario. If the ring is stable
// now, it ends with what is true of it.
func (rec *Recorder) Text() string {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	var b strings.Builder
	b.WriteString("# A recorded session. To see it again: chordscope play FILE; to test it: chordscope run FILE\n")
	if !slices.ContainsFunc(rec.lines, func(l recordedLine) bool { return strings.HasPrefix(l.text, "title ") }) {
		b.WriteString("title \"A recorded session\"\n")
	}
	for _, l := range rec.lines {
		b.WriteString(l.text + "\n")
	}
	if rec.lost > 0 {
		fmt.Fprintf(&b, "# %s more were not kept.\n", observe.Plural(rec.lost, "line"))
	}
	if rec.stopped {
		return b.String() + rec.closing
	}
	return b.String() + rec.claims()
}
