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
	if l.starts && !rec.opened {
		rec.open(pic)
	}
	if rec.opened && !slices.Contains(unrecorded, l.Command) {
		rec.seen(pic)
		rec.waited(pic, l, r.sys.Now())
	}
}

// open writes what has to come first: the settings, and the ring if there is
// one already.
func (rec *Recorder) open(pic *observe.Picture) {
	rec.opened = true
	if set := changedSettings(rec.settings); set != "" {
		rec.add("set " + set)
	}
	var ids []ring.ID
	for i := range pic.Peers {
		if p := &pic.Peers[i]; present(p) {
			ids = append(ids, p.ID)
			rec.there[p.ID] = true
		}
	}
	if len(ids) == 0 {
		return
	}
	rec.add("join " + wholeNames(ids, pic.Space))
	rec.add("wait until stable within 60s")
	for _, d := range pic.Keys {
		switch {
		case d.State == observe.Lost:
		case len(d.Head) == d.Size && isText(d.Head):
			rec.add(fmt.Sprintf("put %s %s", writtenKey(d, pic.Space), quote(d.Head)))
		default:
			rec.add(fmt.Sprintf("# %s has a value of %s, which is not written here", d.Name, plural(d.Size, "byte")))
		}
	}
	for _, f := range pic.Faults {
		for _, text := range faultLines(f, pic) {
			rec.add(text)
		}
	}
	if frozen := frozenIDs(pic); len(frozen) > 0 {
		rec.add("freeze " + strings.Join(namesOf(frozen, pic), " "))
	}
	rec.rings, rec.ended, rec.calm = pic.Health.Rings, pic.At, false
}

func writtenKey(d *observe.Datum, space ring.Space) string {
	if d.Key.Name != "" {
		return quote(d.Key.Name)
	}
	return d.Key.Text(space)
}

func faultLines(f observe.Fault, pic *observe.Picture) []string {
	link := nameOf(f.From, pic) + " -> " + nameOf(f.To, pic)
	var out []string
	if f.Cut {
		out = append(out, "cut "+link)
	}
	if f.Delay > 0 || f.Jitter > 0 {
		text := fmt.Sprintf("delay %s %v", link, max(f.Delay, time.Millisecond))
		if f.Jitter > 0 {
			text += fmt.Sprintf(" jitter %v", f.Jitter)
		}
		out = append(out, text)
	}
	if share := int(f.Stall*100 + 0.5); share > 0 {
		out = append(out, fmt.Sprintf("drop %s %d%%", link, share))
	}
	return out
}

// quote writes a string as a line does.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// seen writes what happened to the ring without a line: peers started or killed
// by hand in another terminal.
func (rec *Recorder) seen(pic *observe.Picture) {
	state := make(map[ring.ID]observe.State)
	var came, died, left []ring.ID
	for i := range pic.Peers {
		p := &pic.Peers[i]
		if _, again := state[p.ID]; !again || present(p) {
			state[p.ID] = p.State
		}
	}
	for i := range pic.Peers {
		if p := &pic.Peers[i]; p.State.Live() && !rec.there[p.ID] {
			came = append(came, p.ID)
			rec.there[p.ID] = true
		}
	}
	for id := range rec.there {
		switch s, known := state[id]; {
		case s == observe.StateLeft:
			left = append(left, id)
		case !known || s == observe.StateDead:
			died = append(died, id)
		default:
			continue
		}
		delete(rec.there, id)
	}
	for _, ids := range [][]ring.ID{died, left} {
		slices.SortFunc(ids, ring.ID.Compare)
	}
	happened := func(command string, ids []ring.ID, names string) {
		if len(ids) > 0 {
			rec.add(command + " " + names + " # seen, not commanded")
			rec.unsettled = true
		}
	}
	happened("join", came, wholeNames(came, pic.Space))
	happened("kill", died, strings.Join(namesOf(died, pic), " "))
	happened("leave", left, strings.Join(namesOf(left, pic), " "))
}

// Limits of what counts as waiting by hand.
const (
	shortPause = 200 * time.Millisecond // shorter ones are nobody's intention
	longPause  = 20 * time.Second       // longer ones teach nothing
)

// waited writes a wait where a person let the ring work before the line: until
// it was stable, or had come to so many rings, and else for the time it took. A
// ring that a fault has left stable was not waited for, but perhaps looked at.
func (rec *Recorder) waited(pic *observe.Picture, l Line, now time.Duration) {
	pause := now - rec.ended
	if !rec.unsettled || l.scripted || l.Command == "wait" || l.Command == "sleep" {
		return
	}
	h := &pic.Health
	switch {
	case h.Stable && rec.calm && pause < time.Second:
	case h.Stable && rec.calm:
		rec.add(fmt.Sprintf("sleep %v", min(pause, longPause).Round(100*time.Millisecond)))
	case h.Stable:
		rec.keep(recordedLine{text: fmt.Sprintf("wait until stable within %v", patience(pause)), waits: true})
		rec.unsettled = false
	case h.Rings != rec.rings && h.Live > 0:
		rec.keep(recordedLine{text: fmt.Sprintf("wait until rings = %d within %v", h.Rings, patience(pause)), waits: true})
	case pause >= shortPause:
		rec.add(fmt.Sprintf("sleep %v", min(pause, longPause).Round(100*time.Millisecond)))
	}
}

// patience is a limit for what took so long once.
func patience(took time.Duration) time.Duration {
	return max(20*time.Second, (3 * took).Round(10*time.Second))
}

// disturbing are the commands after which the ring has something to do.
var disturbing = []string{
	"join", "leave", "kill", "freeze", "thaw", "restart", "partition", "cut", "delay", "drop", "reset", "poison", "heal", "merge",
	"resume", "step",
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
		fmt.Fprintf(&b, "# %s more were not kept.\n", plural(rec.lost, "line"))
	}
	if rec.stopped {
		return b.String() + rec.closing
	}
	return b.String() + rec.claims()
}

// claims are what is true at the end.
func (rec *Recorder) claims() string {
	if rec.runner == nil || !rec.opened || rec.lost > 0 {
		return ""
	}
	pic := rec.runner.sys.Picture()
	if !pic.Health.Stable {
		return ""
	}
	var b strings.Builder
	if rec.unsettled {
		b.WriteString("wait until stable within 60s\n")
	}
	fmt.Fprintf(&b, "expect size = %d\nexpect rings = %d\n", pic.Health.Live, pic.Health.Rings)
	if pic.Data.Keys > 0 || pic.Data.Lost > 0 {
		fmt.Fprintf(&b, "expect keys = %d\nexpect lost = %d\n", pic.Data.Keys, pic.Data.Lost)
	}
	return b.String()
}
