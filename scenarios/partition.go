package scenarios

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// partitionPayload is the JSON result of a partition.
type partitionPayload struct {
	Groups [][]string `json:"groups"`
}

// parsePartition reads groups of peers; a group of nil selectors is the rest.
func parsePartition(p *parser) action {
	var groups [][]selector
	rest, seen := -1, make(map[string]bool)
	for first := true; first || p.peek().kind == symbol; first = false {
		if !first {
			if t := p.next(); t.text != "|" {
				p.errorf(t, "expected | between groups, found %s", t.found())
			}
		}
		t := p.peek()
		switch {
		case !p.accept("rest"):
			groups = append(groups, p.selectors(livePool, "|", seen))
		case rest >= 0:
			p.errorf(t, "rest is named twice")
		default:
			rest = len(groups)
			groups = append(groups, nil)
		}
	}
	if t := p.peek(); len(groups) < 2 {
		p.errorf(t, "expected | and another group of peers, or | rest")
	}
	return func(ctx context.Context, r *Runner) (Result, error) {
		chosen, err := r.chooseGroups(groups, rest)
		if err != nil {
			return Result{}, err
		}
		return r.part(ctx, chosen)
	}
}

// chooseGroups resolves the groups of a partition; rest is the index of the
// one that has all the others.
func (r *Runner) chooseGroups(groups [][]selector, rest int) ([][]ring.ID, error) {
	chosen := make([][]ring.ID, len(groups))
	var taken []ring.ID
	for i, g := range groups {
		ids, err := r.chooseAmong(g, taken)
		if err != nil {
			return nil, err
		}
		chosen[i] = ids
		taken = append(taken, ids...)
	}
	pic := r.sys.Picture()
	if rest >= 0 {
		chosen[rest] = slices.DeleteFunc(idsOf(pic, present), func(id ring.ID) bool { return slices.Contains(taken, id) })
		if len(chosen[rest]) == 0 {
			return nil, fmt.Errorf("nobody is left for the rest")
		}
		taken = append(taken, chosen[rest]...)
	}
	return chosen, requireAwake(taken, pic)
}

// part cuts all links between the groups, both ways.
func (r *Runner) part(ctx context.Context, groups [][]ring.ID) (Result, error) {
	pic := r.sys.Picture()
	var pairs []link
	var pay partitionPayload
	var words, brief []string
	for i, g := range groups {
		names := namesOf(g, pic)
		pay.Groups = append(pay.Groups, names)
		words = append(words, listWords(names))
		brief = append(brief, fewNames(names))
		for j, other := range groups {
			for _, a := range g {
				for _, b := range other {
					if i != j {
						pairs = append(pairs, link{a, b})
					}
				}
			}
		}
	}
	r.sys.Disturbed("partition " + strings.Join(brief, " | "))
	err := r.spoil(ctx, pairs, func(f *observe.LinkFault) { f.Cut = true })
	return Result{Text: "nothing gets through between " + strings.Join(words, " | "), Peers: slices.Concat(pay.Groups...), Payload: pay}, err
}
