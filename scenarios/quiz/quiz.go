// Package quiz makes exercises about a ring, and their answers, from a ring that
// lives: what a finger table holds, who owns a key, which way a lookup takes,
// which keys move when a peer joins. Nothing is computed here that the peers can
// do: a question is asked of them first, and what they answer is right.
package quiz

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/scenarios"
)

// Options say what a quiz is about.
type Options struct {
	Bits      int    // m of the ring, 4 to 16
	Peers     int    // 3 to 32, and at most half of the identifiers
	Keys      int    // 1 to 64, and at most half of the identifiers
	Questions int    // 1 to 100
	Seed      uint64 // of identifiers and questions: the same seed gives the same quiz
	ZeroBased bool   // fingers are numbered from 0, as in many courses, not from 1 as in the papers
}

// Validate names every option that cannot be, joined.
func (o Options) Validate() error {
	var errs []error
	between := func(flag string, v, least, most int) {
		if v < least || v > most {
			errs = append(errs, fmt.Errorf("--%s=%d: %d to %d", flag, v, least, most))
		}
	}
	between("bits", o.Bits, 4, 16)
	half := 1 << min(max(o.Bits-1, 3), 15)
	between("peers", o.Peers, 3, min(32, half))
	between("keys", o.Keys, 1, min(64, half))
	between("questions", o.Questions, 1, 100)
	return errors.Join(errs...)
}

// Quiz makes questions about one ring. It is used by one goroutine.
type Quiz struct {
	Options
	Peers []string // names, in identifier order
	Keys  []string // names, in identifier order

	sys    scenarios.System
	runner *scenarios.Runner
	rng    *rand.Rand
	space  ring.Space
	made   int
	asked  map[string]bool // texts of questions, so that none comes twice
}

// The ring's lists and copies; small, so that they can be written down.
const successors, replicas = 3, 2

// patience is how long the ring may take to become stable.
const patience = 30 * time.Second

// New makes the ring of a quiz on a system that has not been started. The
// caller closes the system.
func New(ctx context.Context, sys scenarios.System, o Options) (*Quiz, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	q := &Quiz{
		Options: o, sys: sys, runner: scenarios.NewRunner(sys),
		rng: rand.New(rand.NewPCG(o.Seed, 0)), space: ring.MustSpace(o.Bits), asked: make(map[string]bool),
	}
	places := q.rng.Perm(1 << o.Bits)
	q.Peers = names("N", places[:o.Peers])
	q.Keys = names("K", q.rng.Perm(1 << o.Bits)[:o.Keys])
	lines := []string{
		fmt.Sprintf("set bits=%d successors=%d replicas=%d stabilize=200ms fix=100ms check=400ms repair=500ms seed=%d", o.Bits, successors, replicas, o.Seed),
		fmt.Sprintf("set fingers=%d-based", q.first()),
		"join " + q.Peers[0],
		"join " + strings.Join(q.Peers[1:], " "),
		stable,
	}
	for _, k := range q.Keys {
		lines = append(lines, fmt.Sprintf("put %s %q", k, "the value of "+k))
	}
	return q, q.do(ctx, append(lines, stable)...)
}

// stable is the line that waits until nothing is left to repair.
var stable = "wait until stable within " + patience.String()

// names writes places on the circle as names of peers or keys, in order.
func names(letter string, places []int) []string {
	slices.Sort(places)
	out := make([]string, len(places))
	for i, p := range places {
		out[i] = fmt.Sprint(letter, p)
	}
	return out
}

// do carries out lines of the scenario language, each of which has to succeed.
func (q *Quiz) do(ctx context.Context, lines ...string) error {
	for _, l := range lines {
		if _, err := q.run(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

func (q *Quiz) run(ctx context.Context, line string) (scenarios.Result, error) {
	r, err := q.runner.Do(ctx, line)
	switch {
	case ctx.Err() != nil:
		return r, ctx.Err()
	case err == nil && r.Failed:
		err = errors.New(r.Text)
	}
	if err != nil {
		err = fmt.Errorf("the ring of the quiz: %s: %w", line, err)
	}
	return r, err
}

// Next makes one more question; the kinds take turns. Afterwards the ring is as
// it was. It returns ErrNoMore when so small a ring gives no more questions.
func (q *Quiz) Next(ctx context.Context) (*Question, error) {
	for range len(kinds) {
		make := kinds[q.made%len(kinds)]
		q.made++
		for range 40 { // a random choice may be too easy, or have been asked before
			question, err := make(ctx, q)
			if err != nil {
				return nil, err
			}
			if question != nil && !q.asked[question.Text] {
				q.asked[question.Text] = true
				return question, nil
			}
		}
	}
	return nil, ErrNoMore
}

// ErrNoMore says that nothing is left to ask about a ring.
var ErrNoMore = errors.New("there are no more questions about so small a ring")

// peer returns what is known of a peer now.
func (q *Quiz) peer(name string) *observe.Peer {
	pic := q.sys.Picture()
	for i := range pic.Peers {
		if p := &pic.Peers[i]; p.Name == name && p.State.Live() {
			return p
		}
	}
	return nil
}

func (q *Quiz) random(list []string) string { return list[q.rng.IntN(len(list))] }

// first is the number of the first finger.
func (q *Quiz) first() int {
	if q.ZeroBased {
		return 0
	}
	return 1
}

// Intro says what ring the questions are about, a line each.
func (q *Quiz) Intro() []string {
	power, to := "(i-1)", q.Bits
	if q.ZeroBased {
		power, to = "i", q.Bits-1
	}
	return []string{
		fmt.Sprintf("A Chord ring of %d bits: identifiers 0 to %d, modulo %d.", q.Bits, 1<<q.Bits-1, 1<<q.Bits),
		fmt.Sprintf("Peers:   %s", strings.Join(q.Peers, " ")),
		fmt.Sprintf("Keys:    %s", strings.Join(q.Keys, " ")),
		fmt.Sprintf("Copies:  each key is on %d peers, its owner and the one that follows.", replicas),
		fmt.Sprintf("Fingers: finger[i] of peer n = successor(n + 2^%s), i = %d to %d.", power, q.first(), to),
		"Lookups: a peer that owns the key, or whose successor does, ends the lookup. Any other one goes on to the",
		fmt.Sprintf("         last peer before the key that it knows, of its fingers and the %d peers that follow it.", successors),
	}
}
