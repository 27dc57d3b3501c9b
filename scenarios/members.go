package scenarios

import (
	"context"
	"fmt"
	"slices"

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
	for _, id := range ids {
		p.scope.named[id] = true
	}
	return func(ctx context.Context, r *Runner) (Result, error) {
		if err := r.requireRegistry(); err != nil {
			return Result{}, err
		}
		before := r.sys.Picture()
		for _, id := range ids {
			if i := slices.IndexFunc(before.Peers, func(q observe.Peer) bool { return q.ID == id && present(&q) }); i >= 0 {
				return Result{}, fmt.Errorf("%s is on the ring already: no two peers may have the same identifier", before.Peers[i].Name)
			}
		}
		var through *ring.ID
		if via != nil {
			chosen, err := r.chooseAwake(*via)
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
		p.errorf(t, "expected %s, found %s%s", what, t.found(), p.meantName(t, "N"))
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
	n := p.count("a number of peers", 1, min(maxPeers, uint64(1)<<min(p.scope.settings.Bits, 63)))
	p.scope.others = true
	return func(ctx context.Context, r *Runner) (Result, error) {
		if err := r.requireRegistry(); err != nil {
			return Result{}, err
		}
		ids, err := r.sys.JoinHashed(ctx, int(n))
		if err != nil {
			return Result{}, err
		}
		return r.membership("joined", ids), nil
	}
}

func parseLeave(p *parser) action {
	peers := p.peers()
	return func(ctx context.Context, r *Runner) (Result, error) {
		ids, err := r.chooseAwake(peers...)
		if err != nil {
			return Result{}, err
		}
		ids = r.wholeHosts(ids, livePool)
		if err := r.sys.Leave(ctx, ids); err != nil {
			return Result{}, err
		}
		return r.membership("left", ids), nil
	}
}

func parseKill(p *parser) action {
	peers := p.peers()
	return func(ctx context.Context, r *Runner) (Result, error) {
		ids, err := r.choose(peers)
		if err != nil {
			return Result{}, err
		}
		ids = r.wholeHosts(ids, presentPool)
		if err := r.kill(ctx, ids); err != nil {
			return Result{}, err
		}
		return r.membership("crashed", ids), nil
	}
}

// kill crashes peers, and remembers that they can be restarted.
func (r *Runner) kill(ctx context.Context, ids []ring.ID) error {
	pic := r.sys.Picture()
	r.sys.Disturbed("kill " + fewNames(namesOf(ids, pic)))
	if err := r.sys.Kill(ctx, ids); err != nil {
		return err
	}
	for _, id := range ids {
		r.killed[id] = hostOf(id, pic)
	}
	return nil
}

func (r *Runner) membership(did string, ids []ring.ID) Result {
	pic := r.sys.Picture()
	names := namesOf(ids, pic)
	return Result{
		Text:    fmt.Sprintf("%s %s; the ring has %s", listWords(names), did, population(pic)),
		Peers:   names,
		Payload: peersPayload{names},
	}
}
