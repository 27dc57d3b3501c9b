package scenarios

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"chordscope/node/chord"
	"chordscope/node/observe"
	"chordscope/node/ring"
)

// This file has the commands that hold the ring's time in hand.

func parsePause(*parser) action {
	return func(ctx context.Context, r *Runner) (Result, error) {
		return Result{Text: "all maintenance stands still; peers still answer each other"}, r.sys.Pause(ctx, true)
	}
}

func parseResume(*parser) action {
	return func(ctx context.Context, r *Runner) (Result, error) {
		return Result{Text: "maintenance goes on"}, r.sys.Pause(ctx, false)
	}
}

func parseSpeed(p *parser) action {
	const what = "a speed such as 1/4, 1 or 2"
	t := p.word(what)
	factor, ok := speed(t.text)
	if t.kind == word && !ok {
		p.errorf(t, "expected %s, from 1/64 to 64, found %s", what, t.found())
	}
	return func(ctx context.Context, r *Runner) (Result, error) {
		return Result{Text: "maintenance runs at speed " + t.text}, r.sys.Speed(ctx, factor)
	}
}

// speed reads a factor, which may be a fraction.
func speed(text string) (factor float64, ok bool) {
	over, under, fraction := strings.Cut(text, "/")
	factor, err := strconv.ParseFloat(over, 64)
	if fraction && err == nil {
		var by float64
		by, err = strconv.ParseFloat(under, 64)
		factor /= by
	}
	return factor, err == nil && factor >= chord.MinPace && factor <= chord.MaxPace
}

// tasks are what step knows, in the order of its usage; where nothing is said it
// does the first three. The last two are steps of their own only in the
// protocol of 2003.
var tasks = []string{"stabilize", "fix", "check", "repair", "reconcile", "update"}

func parseStep(p *parser) action {
	todo := p.tasks()
	peers := []selector{{many: true, choose: func(r *Runner, pic *observe.Picture, taken []ring.ID) ([]ring.ID, error) {
		return livePool.enough(r, pic, taken, 1)
	}}}
	if p.more() {
		peers = p.peers()
	}
	return func(ctx context.Context, r *Runner) (Result, error) {
		ids, err := r.chooseAwake(peers...)
		if err != nil {
			return Result{}, err
		}
		before := r.sys.Picture()
		if err := r.sys.Step(ctx, ids, todo); err != nil {
			return Result{}, err
		}
		names := namesOf(ids, before)
		changed := r.changed(before, r.sys.Picture())
		return Result{
			Text:  fmt.Sprintf("%s at %s: %s", strings.Join(todo, ", "), listWords(names), listChanges(changed)),
			Peers: names, Payload: stepPayload{names, todo, changed},
		}, nil
	}
}

// stepPayload is the JSON result of step.
type stepPayload struct {
	Peers   []string `json:"peers"`
	Tasks   []string `json:"tasks"`
	Changed []string `json:"changed"` // such as "N32.predecessor N21 -> N26"
}

// tasks reads a task, if there is one, and returns what is to be done.
func (p *parser) tasks() []string {
	t := p.peek()
	i := slices.Index(tasks, t.text)
	switch {
	case t.kind != word:
		return tasks[:3]
	case i >= 0:
		p.next()
	case t.text[0] == 'N' || slices.Contains([]string{"random", "any", "all", "owner", "successor"}, t.text):
		return tasks[:3]
	default:
		p.errorf(t, "expected a task (%s) or %s, found %s%s", strings.Join(tasks, ", "), anyPeer, t.found(), suggest(t.text, tasks))
		return nil
	}
	if i > 3 && !p.scope.settings.Original {
		p.errorf(t, "%s is a part of stabilize, and a task of its own only after set protocol=original", t.text)
	}
	return []string{t.text}
}

// changed says which pointers differ between two Pictures.
func (r *Runner) changed(before, after *observe.Picture) []string {
	was := make(map[life]*observe.Peer, len(before.Peers))
	for i := range before.Peers {
		p := &before.Peers[i]
		was[life{p.ID, p.Incarnation}] = p
	}
	out := []string{}
	for i := range after.Peers {
		p := &after.Peers[i]
		if q := was[life{p.ID, p.Incarnation}]; q != nil && present(p) {
			out = append(out, r.changedAt(q, p)...)
		}
	}
	return out
}

func (r *Runner) changedAt(was, is *observe.Peer) (out []string) {
	note := func(name, from, to string) {
		if from != to {
			out = append(out, fmt.Sprintf("%s.%s %s -> %s", is.Name, name, from, to))
		}
	}
	note("predecessor", nameOrNone(was.Predecessor), nameOrNone(is.Predecessor))
	note("successors", listPointers(was), listPointers(is))
	first := r.scope.settings.firstFinger()
	for i := 1; i < min(len(was.Fingers), len(is.Fingers)); i++ { // the first one is the successor
		note(fmt.Sprintf("finger[%d]", i+first), nameOrNone(was.Fingers[i].Pointer), nameOrNone(is.Fingers[i].Pointer))
	}
	return out
}

func nameOrNone(ptr observe.Pointer) string { return cmp.Or(ptr.Name, "none") }

// listPointers names a peer's successor list.
func listPointers(p *observe.Peer) string {
	var names []string
	for _, ptr := range successors(p) {
		names = append(names, ptr.Name)
	}
	return strings.Join(names, " ")
}

// maxChanges is how many changes a sentence names.
const maxChanges = 6

func listChanges(changed []string) string {
	if len(changed) == 0 {
		return "no pointer changes"
	}
	return firstOf(maxChanges, changed, ", ")
}

func parseTrace(p *parser) action {
	t := p.word("on or off")
	on := t.text == "on"
	if t.kind == word && !on && t.text != "off" {
		p.errorf(t, "expected on or off, found %s", t.found())
	}
	peers := p.peers()
	return func(ctx context.Context, r *Runner) (Result, error) {
		ids, err := r.chooseAwake(peers...)
		if err != nil {
			return Result{}, err
		}
		if err := r.traceFor(ctx, r.who, ids, on); err != nil {
			return Result{}, err
		}
		names := namesOf(ids, r.sys.Picture())
		told := "every message and every line of its procedures is told"
		if !on {
			told = "its messages and procedures are not told any more"
		}
		return Result{Text: listWords(names) + ": " + told, Peers: names, Payload: peersPayload{names}}, nil
	}
}
