package sim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/truth"
)

// puppets are paused peers that do only what a test tells them.
type puppets struct {
	schedule
	t        testing.TB
	original bool
	within   bool // the failure limit has been kept so far
}

func newPuppets(t testing.TB, bits, r int, original, merge bool, members ...uint64) *puppets {
	p := &puppets{t: t, original: original, within: true}
	p.space, p.r, p.trace = ring.MustSpace(bits), r, func(string, ...any) {}
	cfg := Default(p.space, 1)
	cfg.Sample = 0
	cfg.Peer = func(c *chord.Config) { c.Successors, c.Replicas, c.Original, c.Merge = r, min(3, r), original, merge }
	p.sim = New(cfg)
	p.sim.OnEffects = func(_ *Host, fx *chord.Effects) {
		if p.guard && p.within && fx.Changes.Any() && p.err == nil {
			if rep := p.report(); !rep.Valid {
				p.err = fmt.Errorf("%s\n%s", rep.Why, p.dump())
			}
		}
	}
	p.sim.Do(p.start(members[0]), chord.Create{})
	for _, id := range members[1:] {
		p.join(id)
		for range r + 1 {
			for _, h := range p.members() {
				p.run(h, chord.TaskStabilize)
			}
		}
	}
	return p
}

func (p *puppets) report() truth.Report {
	return truth.NewMembers(p.space, p.sim.Snapshots()).Check(p.r)
}

func (p *puppets) start(id uint64) *Host {
	var h *Host
	if old := p.host(id); old != nil {
		h = p.sim.Restart(old)
	} else {
		h = p.sim.Start(ring.FromUint64(id))
	}
	p.sim.Do(h, chord.Pause{})
	return h
}

// host returns the newest host with an identifier.
func (p *puppets) host(id uint64) *Host {
	for _, h := range slices.Backward(p.sim.Hosts()) {
		if h.Ref.ID == ring.FromUint64(id) {
			return h
		}
	}
	return nil
}

// join lets a peer join through the member that it belongs behind.
func (p *puppets) join(id uint64) {
	h := p.start(id)
	for _, m := range p.members() {
		if sn := m.Peer.Snapshot(); ring.Open(m.Ref.ID, sn.Successor().ID).Contains(h.Ref.ID) {
			p.sim.Do(h, chord.Join{Seeds: []chord.Ref{m.Ref}})
			p.quiet()
			return
		}
	}
	p.t.Fatalf("nobody to join %d behind", id)
}

func (p *puppets) run(h *Host, task chord.Task) {
	p.sim.Do(h, chord.Run{Task: task})
	p.quiet()
}

// quiet lets everything come to its end: answers, refusals, time-outs.
func (p *puppets) quiet() { p.sim.RunFor(1200 * time.Millisecond) }

// play carries out a sequence of steps.
func (p *puppets) play(steps string) {
	p.t.Helper()
	for step := range strings.FieldsSeq(steps) {
		var id uint64
		if _, err := fmt.Sscan(step[1:], &id); err != nil {
			p.t.Fatalf("step %q: %v", step, err)
		}
		h := p.host(id)
		switch step[0] {
		case 'J':
			p.join(id)
		case 'F':
			p.within = p.within && p.mayFail(h)
			p.sim.Crash(h)
		case 'S':
			p.run(h, chord.TaskStabilize)
		case 'X':
			p.run(h, chord.TaskCheck)
		case 'R', 'U':
			task := chord.TaskStabilize
			if p.original {
				task = map[byte]chord.Task{'R': chord.TaskReconcile, 'U': chord.TaskUpdate}[step[0]]
			}
			p.run(h, task)
		}
		if p.err != nil {
			p.t.Fatalf("after %s the invariant is broken: %v", step, p.err)
		}
	}
}

// next writes everybody's first live successor.
func (p *puppets) next() string {
	m := truth.NewMembers(p.space, p.sim.Snapshots())
	var out []string
	for i := range m.Len() {
		next := "-"
		for _, s := range m.At(i).Successors {
			if m.Live(s) {
				next = p.space.Format(s.ID)
				break
			}
		}
		out = append(out, p.space.Format(m.At(i).Self.ID)+">"+next)
	}
	return strings.Join(out, " ")
}

func (p *puppets) resume() {
	for _, h := range p.sim.Hosts() {
		p.sim.Do(h, chord.Resume{})
	}
}

// becomesIdeal lets time pass until the ring is ideal, judged every second, at
// most the given time.
func (p *puppets) becomesIdeal(within time.Duration) bool {
	for end := p.sim.Now() + within; p.sim.Now() < end; {
		p.sim.RunFor(time.Second)
		if p.report().Ideal && p.idle() {
			return true
		}
	}
	return false
}
