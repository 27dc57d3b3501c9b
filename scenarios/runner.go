package scenarios

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// Runner carries lines out on a System. Make one with NewRunner, and set the
// exported fields before its first use.
//
// Run and Do may be called from different goroutines: they take turns, line by
// line, since a System takes one command at a time. So a person may act on the
// ring while a scenario is held by Gate or Meanwhile.
type Runner struct {
	// Gate, if set, is called before each line of Run and may hold the run
	// back. If it returns an error, the run ends as interrupted. Lines typed
	// through Do do not pass it.
	Gate func(ctx context.Context, l Line) error
	// Meanwhile, if set, is called whenever a line of Run is about to wait or to let
	// time pass, and again each time that interrupt was called after it returned,
	// from any goroutine. The line stands still for as long as it takes, and Do may
	// be called from within. It returns how the line is to go on.
	Meanwhile func(ctx context.Context, interrupt func()) Haste
	// Seed, if set, is used in place of the one that the scenario sets.
	Seed *uint64
	// Recorder, if set, writes down what is done. With Runners one after the other
	// it may be the same.
	Recorder *Recorder
	// SnapshotDir, if set, is the folder in which snapshot writes files.
	SnapshotDir string

	sys  System
	turn chan struct{} // full while a line runs; what follows belongs to that line

	scope        scope // what a line typed now is parsed in
	running      bool  // the system has been started
	rng          *rand.Rand
	last         *way
	got          *observe.Access    // the latest get
	loaded       int                // keys that load has named
	chapterBegan uint64             // Picture.Messages then
	killed       map[ring.ID]string // by lines, with their hosts; they may be restarted
	registryDown bool               // by a line
	guards       []*guard
	told         uint64 // the number of the last recovery that was told
	title        string
	focus        string // the peer that the last focus was on
	snapshots    map[string]*observe.Picture
	tracers      tracers

	ofLine
}

// ofLine is what belongs to the line that runs.
type ofLine struct {
	scripted   bool // it is of a file, not typed by a person
	who        any  // whose it is, as in DoFor
	breaches   []Breach
	recoveries []observe.Recovery
	chosen     []choice
}

// NewRunner returns a runner with the default settings. It starts the system
// at the first line that needs it, and never closes it.
func NewRunner(sys System) *Runner {
	r := &Runner{sys: sys, turn: make(chan struct{}, 1), scope: newScope(), killed: make(map[ring.ID]string), snapshots: make(map[string]*observe.Picture), tracers: make(tracers)}
	if _, runs := sys.(attached); runs {
		r.begun("attach", DefaultSettings().Seed)
	}
	return r
}

// Configure sets what the settings are before any line changes them, for a
// ring without a scenario; a scenario is parsed with the defaults. It must
// come before the first line.
func (r *Runner) Configure(s Settings) {
	r.scope.settings = s
	r.sys.NumberFingers(s.ZeroBased)
	r.Recorder.configure(r)
}

// Settings returns the settings as they are now. It waits for the line that
// runs, if there is one.
func (r *Runner) Settings() Settings {
	r.turn <- struct{}{}
	defer func() { <-r.turn }()
	return r.settings()
}

func (r *Runner) settings() Settings {
	s := r.scope.settings
	if r.Seed != nil {
		s.Seed = *r.Seed
	}
	return s
}

// Run carries out a scenario and calls on, if it is not nil, before and after
// each line, from its own goroutine. It goes on after a claim that does not
// hold, and ends at a line that cannot be carried out or when ctx ends. However
// it ends, faults are healed, frozen peers go on and the registry is up. It may
// be called once, on a fresh Runner; Do may follow, on the same ring.
func (r *Runner) Run(ctx context.Context, sc *Scenario, on func(Progress)) Report {
	if on == nil {
		on = func(Progress) {}
	}
	rep := Report{Scenario: sc.Name, Driver: r.sys.Driver()}
	began := r.now()
	for i, l := range sc.Lines {
		if r.Gate != nil && r.Gate(ctx, l) != nil || ctx.Err() != nil {
			rep.Interrupted = true
			break
		}
		on(Progress{Index: i, Line: l})
		res := r.line(ctx, l)
		rep.add(l, res)
		on(Progress{Index: i, Line: l, Done: true, Result: res})
		if res.Err != nil {
			rep.Interrupted = ctx.Err() != nil
			if !rep.Interrupted {
				rep.Err = fmt.Errorf("%s:%d: %w", cmp.Or(l.File, sc.Name), l.Number, res.Err)
			}
			break
		}
	}
	rep.Seed = r.Settings().Seed
	rep.Duration = r.now() - began
	if recs := r.sys.Picture().Recoveries; len(recs) > 0 && !recs[len(recs)-1].Over {
		rep.Unfinished = &recs[len(recs)-1]
	}
	if err := r.mend(ctx); err != nil && rep.Err == nil && !rep.Interrupted {
		rep.Err = err
	}
	return rep
}

// now is the system's time, asked for between two lines.
func (r *Runner) now() time.Duration {
	r.turn <- struct{}{}
	defer func() { <-r.turn }()
	return r.sys.Now()
}

// Do carries out one line typed by a person. The error is an *Error if the
// line was not understood, otherwise it says why it could not be carried out.
// A claim that does not hold is no error.
func (r *Runner) Do(ctx context.Context, text string) (Result, error) { return r.DoFor(ctx, nil, text) }

// DoFor is Do for somebody whose traces are his own: what another one ends goes
// on for him, until Forget. Who may be anything that can be compared.
func (r *Runner) DoFor(ctx context.Context, who any, text string) (Result, error) {
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
	defer func() { <-r.turn }()
	scope := r.scope
	l, err := parseLine(text, &scope)
	if err != nil {
		return Result{}, err
	}
	res := r.carryOut(ctx, l, who)
	return res, res.Err
}

// line takes a turn.
func (r *Runner) line(ctx context.Context, l Line) Result {
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return Result{Err: ctx.Err(), Text: ctx.Err().Error()}
	}
	defer func() { <-r.turn }()
	return r.carryOut(ctx, l, nil)
}

func (r *Runner) carryOut(ctx context.Context, l Line, who any) Result {
	r.ofLine = ofLine{scripted: l.scripted, who: who}
	res, err := r.act(ctx, l)
	if err != nil {
		res = Result{Err: err, Text: err.Error()}
	} else {
		r.look(r.sys.Picture())
		res.OK = !res.Failed
	}
	if res.Failed {
		res.Trace = witnesses(&res, r.sys.Picture())
	}
	res.At, res.Breaches, res.Recoveries = r.sys.Now(), r.breaches, r.recoveries
	return res
}

func (r *Runner) act(ctx context.Context, l Line) (Result, error) {
	if l.starts && !r.running {
		s := r.settings()
		if err := r.sys.Start(ctx, s); err != nil {
			return Result{}, fmt.Errorf("the ring could not be started: %w", err)
		}
		r.begun(l.Text, s.Seed)
	}
	r.Recorder.before(r, l)
	r.chosen = nil
	res, err := l.run(ctx, r)
	if err == nil {
		r.Recorder.after(r, l, res, r.chosen)
	}
	return res, err
}

// begun notes which line started the ring: no setting of it changes any more.
func (r *Runner) begun(line string, seed uint64) {
	r.running, r.scope.started = true, line
	r.rng = rand.New(rand.NewPCG(seed, 0))
}

func (r *Runner) env() env {
	return env{last: r.last, got: r.got, chapterBegan: r.chapterBegan, snapshots: r.snapshots}
}

// look takes from a Picture what is wanted of every one: it judges the guards
// and collects recoveries that are over.
func (r *Runner) look(pic *observe.Picture) {
	r.judgeGuards(pic)
	r.recovered(pic)
}

// IsParseError reports whether err is about the wording of a line, as opposed
// to what it could not do.
func IsParseError(err error) bool {
	var e *Error
	return errors.As(err, &e)
}
