package scenarios

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/scenarios/figure"
)

// This file has the commands that keep what the ring is like.

// filePayload is the JSON result of a command that writes a file.
type filePayload struct {
	File string `json:"file"`
}

// parseFigure reads the name of a file, which is opened when the line runs.
func parseFigure(p *parser) action {
	t := p.next()
	if t.kind != word && t.kind != quoted || !strings.EqualFold(filepath.Ext(t.text), ".svg") {
		p.errorf(t, "expected a file that ends in .svg, found %s", t.found())
	}
	var focus *selector
	if p.accept("focus") {
		s := p.onePeer()
		focus = &s
	}
	dark := p.accept("dark")
	return func(_ context.Context, r *Runner) (Result, error) {
		o := figure.Options{Dark: dark, Keys: true, Title: r.title}
		if focus == nil && len(r.sys.Picture().FindPeer(r.focus)) > 0 { // it may be gone since
			o.Focus = r.focus
		}
		if focus != nil {
			ids, err := r.choose([]selector{*focus})
			if err != nil {
				return Result{}, err
			}
			o.Focus = nameOf(ids[0], r.sys.Picture())
		}
		var svg bytes.Buffer
		if err := r.Figure(&svg, o); err != nil {
			return Result{}, err
		}
		if err := os.WriteFile(t.text, svg.Bytes(), 0o644); err != nil {
			return Result{}, fmt.Errorf("the figure cannot be written: %w", err)
		}
		return Result{Text: "the ring is drawn in " + t.text, Payload: filePayload{t.text}}, nil
	}
}

// Figure draws the ring as it is now, with the last lookup on it. It must not be
// called while a line runs. For its errors see figure.SVG.
func (r *Runner) Figure(w io.Writer, o figure.Options) error {
	if r.last != nil && r.last.failed == "" {
		o.Lookup = r.last.Lookup
	}
	o.ZeroBased = r.scope.settings.ZeroBased
	return figure.SVG(w, r.sys.Picture(), o)
}

// Draw runs a scenario and draws the ring as it is after its last line, before
// what it broke is healed; see Runner.Run for the report. Where o names no peer
// in focus, it is that of the last focus line.
func Draw(ctx context.Context, sc *Scenario, sys System, seed *uint64, o figure.Options) ([]byte, Report, error) {
	r := NewRunner(sys)
	r.Seed = seed
	var svg bytes.Buffer
	err := figure.ErrNoRing
	given := o.Focus
	rep := r.Run(ctx, sc, func(p Progress) {
		if p.Done && p.Index == len(sc.Lines)-1 {
			o.Focus = cmp.Or(given, r.focus)
			err = r.Figure(&svg, o)
		}
	})
	return svg.Bytes(), rep, err
}

// maxSnapshots bounds what a runner keeps.
const maxSnapshots = 1000

func parseSnapshot(p *parser) action {
	name := p.snapshotName()
	p.scope.snapshots[name] = true
	return func(_ context.Context, r *Runner) (Result, error) {
		pic := r.sys.Picture()
		if _, again := r.snapshots[name]; !again && len(r.snapshots) == maxSnapshots {
			return Result{}, fmt.Errorf("there are %d snapshots already, the most that are kept", maxSnapshots)
		}
		r.snapshots[name], r.scope.snapshots[name] = pic, true
		res := Result{Text: fmt.Sprintf("the ring of %s is kept as %s", observe.Plural(pic.Health.Live, "peer"), name), Payload: snapshotOf(name, pic)}
		if r.SnapshotDir == "" {
			return res, nil
		}
		file := filepath.Join(r.SnapshotDir, name+".json")
		text, err := json.MarshalIndent(res.Payload, "", "  ")
		if err == nil {
			err = os.WriteFile(file, append(text, '\n'), 0o644)
		}
		if err != nil {
			return Result{}, fmt.Errorf("the snapshot cannot be written: %w", err)
		}
		res.Text += ", and in " + file
		return res, nil
	}
}

// snapshotName requires a name that may be that of a file, too.
func (p *parser) snapshotName() string {
	const what = "a name of letters, digits, - and _"
	t := p.next()
	allowed := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	if t.kind == quoted {
		allowed += " "
	}
	switch {
	case t.kind != word && t.kind != quoted || strings.TrimSpace(t.text) == "":
		p.errorf(t, "expected %s, found %s", what, t.found())
	case strings.Trim(t.text, allowed) != "" || len(t.text) > 64:
		p.errorf(t, "expected %s, at most 64 of them, found %s", what, t.found())
	}
	return t.text
}

// parseChanged compares finger tables with those of a snapshot.
func parseChanged(p *parser, _ field) judge {
	at := p.peek()
	name := p.snapshotName()
	if !p.scope.snapshots[name] && name != "" {
		known := make([]string, 0, len(p.scope.snapshots))
		for n := range p.scope.snapshots {
			known = append(known, n)
		}
		p.errorf(at, "there is no snapshot %s yet: expected after snapshot %[1]s%s", at.text, suggest(name, known))
	}
	c := p.comparison(false)
	want, base := p.peerSet(), p.base()
	return func(e env, pic *observe.Picture) verdict {
		before := e.snapshots[name]
		if before == nil {
			return verdict{void: true, seen: "there is no snapshot " + name}
		}
		var v verdict
		var found []*observe.Peer
		for _, peer := range members(pic) {
			var rows []string
			if old := liveIn(before, peer.ID); old != nil {
				rows = differences(old, peer, base)
			}
			if len(rows) > 0 {
				found = append(found, peer)
				v.why = append(v.why, peer.Name+": "+strings.Join(rows, "; "))
			}
		}
		v.holds = c.equals(samePeers(want, found, pic.Space))
		v.answer, v.peers = wordsOrNone(peerNames(found)), peerNames(found)
		v.seen = fmt.Sprintf("changed since %s: %s", name, v.answer)
		return v
	}
}

func liveIn(pic *observe.Picture, id ring.ID) *observe.Peer {
	for _, p := range members(pic) {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// differences says which rows of a finger table have become others.
func differences(old, now *observe.Peer, base int) []string {
	var rows []string
	for i := range min(len(old.Fingers), len(now.Fingers)) {
		was, is := old.Fingers[i].Name, now.Fingers[i].Name
		if was != is {
			rows = append(rows, fmt.Sprintf("finger[%d] %s, was %s", i+base, wordsOrNone([]string{is}), wordsOrNone([]string{was})))
		}
	}
	return rows
}
