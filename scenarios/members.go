package scenarios

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// peersPayload is the JSON result of a command that changes who is there.
type peersPayload struct {
	Peers []string `json:"peers"`
}

func parseJoin(p *parser) action {
	if t := p.peek(); t.kind == word && isDigits(t.text) {
		return parseJoinHashed(p)
	}
	ids := p.newPeers()
	var via *selector
	if p.accept("via") {
		s := p.onePeer()
		via = &s
	}
	return func(ctx context.Context, r *Runner) (Result, error) {
		before := r.sys.Picture()
		for _, id := range ids {
			if i := slices.IndexFunc(before.Peers, func(q observe.Peer) bool { return q.ID == id && present(&q) }); i >= 0 {
				return Result{}, fmt.Errorf("%s is on the ring already: no two peers may have the same identifier", before.Peers[i].Name)
			}
		}
		var through *ring.ID
		if via != nil {
			chosen, err := r.choose([]selector{*via})
			if err != nil {
				return Result{}, err
			}
			through = &chosen[0]
		}
		if err := r.sys.Join(ctx, ids, through); err != nil {
			return Result{}, err
		}
		return r.membership("joined", ids), nil
	}
}

// newPeers requires identifiers up to "via" or the end of the line.
func (p *parser) newPeers() []ring.ID {
	const what = "peers such as N8, or a number of peers"
	if t := p.peek(); t.kind != word || t.is("via") || t.text[0] != 'N' {
		p.errorf(t, "expected %s, found %s", what, t.found())
	}
	var ids []ring.ID
	for p.more() && !p.peek().is("via") {
		t := p.peek()
		id, ok := p.newPeer()
		switch {
		case !ok:
		case slices.Contains(ids, id):
			p.fault(t, "%s is named twice", t.text)
		case len(ids) == maxPeers:
			p.errorf(t, "expected at most %d peers", maxPeers)
		default:
			ids = append(ids, id)
		}
	}
	return ids
}

func parseJoinHashed(p *parser) action {
	n := p.count("a number of peers", 1, maxPeers)
	return func(ctx context.Context, r *Runner) (Result, error) {
		ids, err := r.sys.JoinHashed(ctx, int(n))
		if err != nil {
			return Result{}, err
		}
		return r.membership("joined", ids), nil
	}
}

func parseLeave(p *parser) action {
	return departure(p, "left", System.Leave)
}

func parseKill(p *parser) action {
	return departure(p, "crashed", System.Kill)
}

func departure(p *parser, did string, carryOut func(System, context.Context, []ring.ID) error) action {
	peers := p.peers()
	return func(ctx context.Context, r *Runner) (Result, error) {
		ids, err := r.choose(peers)
		if err != nil {
			return Result{}, err
		}
		if err := carryOut(r.sys, ctx, ids); err != nil {
			return Result{}, err
		}
		return r.membership(did, ids), nil
	}
}

func (r *Runner) membership(did string, ids []ring.ID) Result {
	pic := r.sys.Picture()
	names := namesOf(ids, pic)
	return Result{
		Text:    fmt.Sprintf("%s %s; the ring has %s", strings.Join(names, " "), did, plural(pic.Health.Live, "peer")),
		Peers:   names,
		Payload: peersPayload{names},
	}
}
