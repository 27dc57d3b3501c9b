package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"chordscope/scenarios"
	"chordscope/scenarios/quiz"
)

// exitWrongAnswers is the status of a quiz in which not every answer was right.
const exitWrongAnswers = 1

// quizCmd asks a student, or prints exercises.
type quizCmd struct {
	Bits      int    `short:"m" default:"6" help:"Bits of an identifier, 4 to 16."`
	Peers     int    `short:"n" default:"10" help:"How many peers the ring has, 3 to 32."`
	Keys      int    `default:"8" help:"How many keys it holds."`
	Questions int    `default:"7" help:"How many questions; the seven kinds take turns."`
	Seed      uint64 `default:"1" help:"The same seed gives the same quiz."`
	ZeroBased bool   `help:"Number fingers from 0, as many courses do; the papers begin with 1."`
	Virtual   bool   `help:"A ring in virtual time instead of real peers."`
	Sheet     string `placeholder:"NAME" type:"path" help:"Ask nothing: write NAME.md, NAME-solutions.md and NAME.svg, for paper."`
}

func (x *quizCmd) Run(c *call) error {
	o := quiz.Options{Bits: x.Bits, Peers: x.Peers, Keys: x.Keys, Questions: x.Questions, Seed: x.Seed, ZeroBased: x.ZeroBased}
	if err := o.Validate(); err != nil {
		return err
	}
	sys := scenarios.NewVirtual()
	if !x.Virtual {
		sys = scenarios.NewTCP()
	}
	defer sys.Close()
	q, err := quiz.New(c.ctx, sys, o)
	if err != nil {
		return err
	}
	if x.Sheet != "" {
		return x.sheet(c, q)
	}
	score, err := q.Ask(c.ctx, c.stdin, c.stdout)
	if err == nil && score.Right < score.Asked {
		c.status = exitWrongAnswers
	}
	return err
}

// sheet writes the files only when all of them are made.
func (x *quizCmd) sheet(c *call, q *quiz.Quiz) error {
	var questions, solutions, picture bytes.Buffer
	if err := q.Sheet(c.ctx, &questions, &solutions, &picture, filepath.Base(x.Sheet)+".svg"); err != nil {
		return err
	}
	var errs []error
	for _, f := range []struct {
		name string
		text *bytes.Buffer
	}{{x.Sheet + ".md", &questions}, {x.Sheet + "-solutions.md", &solutions}, {x.Sheet + ".svg", &picture}} {
		if err := os.WriteFile(f.name, f.text.Bytes(), 0o644); err != nil {
			errs = append(errs, err)
			continue
		}
		fmt.Fprintln(c.stdout, f.name)
	}
	return errors.Join(errs...)
}
