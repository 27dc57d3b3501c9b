package scenarios

import (
	"context"
	"strings"

	"chordscope/node/ring"
)

// This file has the commands on peers that stop without dying, or that come
// back.

func parseFreeze(p *parser) action {
	peers := p.peers()
	return func(ctx context.Context, r *Runner) (Result, error) {
		ids, err := r.chooseAwake(peers...)
		if err != nil {
			return Result{}, err
		}
		ids = r.wholeHosts(ids, livePool)
		return r.onPeers(ctx, "freeze", "stopped, with open connections and no answers", ids, System.Freeze)
	}
}

func parseThaw(p *parser) action {
	peers := p.selectors(frozenPool, "", make(map[string]bool))
	return func(ctx context.Context, r *Runner) (Result, error) {
		ids, err := r.choose(peers)
		if err != nil {
			return Result{}, err
		}
		ids = r.wholeHosts(ids, frozenPool)
		return r.onPeers(ctx, "thaw", "goes on", ids, System.Thaw)
	}
}

func parseRestart(p *parser) action {
	peers := p.selectors(crashedPool, "", make(map[string]bool))
	return func(ctx context.Context, r *Runner) (Result, error) {
		if err := r.requireRegistry(); err != nil {
			return Result{}, err
		}
		ids, err := r.choose(peers)
		if err != nil {
			return Result{}, err
		}
		ids = r.wholeHosts(ids, crashedPool)
		return r.onPeers(ctx, "restart", "is back on its old port, and has forgotten everything", ids, System.Restart)
	}
}

// onPeers does something to peers that disturbs the ring.
func (r *Runner) onPeers(ctx context.Context, word, did string, ids []ring.ID, carryOut func(System, context.Context, []ring.ID) error) (Result, error) {
	names := namesOf(ids, r.sys.Picture())
	r.sys.Disturbed(word + " " + listWords(names))
	if err := carryOut(r.sys, ctx, ids); err != nil {
		return Result{}, err
	}
	return Result{
		Text:    strings.Join(names, " ") + " " + did,
		Peers:   names,
		Payload: peersPayload{names},
	}, nil
}
