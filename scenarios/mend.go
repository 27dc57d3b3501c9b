package scenarios

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"chordscope/node/observe"
)

// This file has what ends faults.

func parseHeal(*parser) action {
	return func(ctx context.Context, r *Runner) (Result, error) {
		n := len(r.sys.Picture().Faults)
		r.sys.Disturbed("heal")
		if err := r.sys.Heal(ctx); err != nil {
			return Result{}, err
		}
		if n == 0 {
			return Result{Text: "all links were sound already"}, nil
		}
		return Result{Text: fmt.Sprintf("all links are sound again; %s were not", observe.Plural(n, "link"))}, nil
	}
}

func parseMerge(*parser) action {
	return func(ctx context.Context, r *Runner) (Result, error) {
		r.sys.Disturbed("merge")
		if err := r.sys.Merge(ctx); err != nil {
			return Result{}, err
		}
		return Result{Text: "every peer has compared its place with others: there is one ring"}, nil
	}
}

func parseRegistry(p *parser) action {
	t := p.word("up or down")
	up := t.text == "up"
	if !up && t.text != "down" {
		p.errorf(t, "expected up or down, found %s", t.found())
	}
	return func(ctx context.Context, r *Runner) (Result, error) {
		if err := r.sys.SetRegistry(ctx, up); err != nil {
			return Result{}, err
		}
		r.registryDown = !up
		if up {
			return Result{Text: "the registry is up: peers register again"}, nil
		}
		return Result{Text: "the registry is down: peers that are on the ring go on"}, nil
	}
}

func upOrDown(up bool) string {
	if up {
		return "up"
	}
	return "down"
}

// errNoRegistry is for peers that would have to register.
var errNoRegistry = errors.New("the registry is down, and a newcomer has to register there: expected after registry up")

// requireRegistry refuses newcomers while a line has the registry down.
func (r *Runner) requireRegistry() error {
	if r.registryDown {
		return errNoRegistry
	}
	return nil
}

// How long the end of a run may take to undo its faults, and that of one which was
// interrupted: its ring is most likely closed next, and somebody waits for that.
const (
	mendTime      = 10 * time.Second
	hastyMendTime = time.Second
)

// mend undoes what lines of this runner broke and did not mend, so that a ring
// that lives on is sound. It works after ctx has ended, too.
func (r *Runner) mend(ctx context.Context) error {
	limit := mendTime
	if ctx.Err() != nil {
		limit = hastyMendTime
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("healing what the scenario broke: another line is still carried out after %v", limit)
	}
	defer func() { <-r.turn }()
	pic := r.sys.Picture()
	var wrong []error
	if ids := frozenIDs(pic); len(ids) > 0 {
		wrong = append(wrong, r.sys.Thaw(ctx, ids))
	}
	if len(pic.Faults) > 0 {
		wrong = append(wrong, r.sys.Heal(ctx))
	}
	if r.registryDown {
		wrong = append(wrong, r.sys.SetRegistry(ctx, true))
		r.registryDown = false
	}
	if err := errors.Join(wrong...); err != nil {
		return fmt.Errorf("healing what the scenario broke: %s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return nil
}
