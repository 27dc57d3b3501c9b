package scenarios

import (
	"context"
	"fmt"
	"strings"
)

// parsePoison reads a pointer and whom it is to point at, as in
// N8.finger[6] = N14.
func parsePoison(p *parser) action {
	t := p.word("a pointer such as N8.finger[6] or N8.successor")
	name, rest, _ := strings.Cut(t.text, ".")
	at := t
	at.text = name
	of := field{at: t}
	of.peer, _ = p.peerIn(at)
	index := 1
	switch row, isFinger := strings.CutPrefix(rest, "finger["); {
	case rest == "successor":
	case isFinger && strings.HasSuffix(row, "]"):
		of.index = row[:len(row)-1]
		index = p.finger(of) + 1
	default:
		p.errorf(t, "expected a pointer such as N8.finger[6] or N8.successor, found %s", t.found())
	}
	if eq := p.next(); eq.kind != operator || eq.text != "=" {
		p.errorf(eq, "expected = and a peer, found %s", eq.found())
	}
	target := p.onePeer()
	return func(ctx context.Context, r *Runner) (Result, error) {
		ids, err := r.chooseAwake(named(of.peer, livePool), target)
		if err != nil {
			return Result{}, err
		}
		names := namesOf(ids, r.sys.Picture())
		pointer := names[0] + "." + rest
		r.sys.Disturbed(fmt.Sprintf("poison %s = %s", pointer, names[1]))
		if err := r.sys.Poison(ctx, ids[0], index, ids[1]); err != nil {
			return Result{}, err
		}
		return Result{
			Text: fmt.Sprintf("%s points at %s, which it should not", pointer, names[1]), Peers: names, Payload: peersPayload{names},
		}, nil
	}
}
