package scenarios

import (
	"context"
	"fmt"

	"chordscope/node/observe"
	"chordscope/node/store"
)

// maxLoad bounds how many keys one line may add.
const maxLoad = 100_000

// loadPayload is the JSON result of a load.
type loadPayload struct {
	Op     string `json:"op"`
	Keys   int    `json:"keys"`
	First  string `json:"first"`
	Last   string `json:"last"`
	Failed string `json:"failed,omitempty"`
}

func parseLoad(p *parser) action {
	n := int(p.count("a number of keys", 1, maxLoad))
	p.keyword("keys")
	return func(ctx context.Context, r *Runner) (Result, error) {
		pic := r.sys.Picture()
		live, err := livePool.enough(r, pic, nil, 1)
		if err != nil {
			return Result{}, err
		}
		puts := make([]LoadPut, n)
		for i := range puts {
			r.loaded++
			puts[i] = LoadPut{
				From:  live[r.rng.IntN(len(live))],
				Key:   store.Named(pic.Space, fmt.Sprintf("key-%d", r.loaded)),
				Value: fmt.Appendf(nil, "value %d", r.loaded),
			}
		}
		err = r.sys.Load(ctx, puts)
		if err != nil && ctx.Err() != nil {
			return Result{}, err
		}
		return loaded(puts, err, r.sys.Picture()), nil
	}
}

func loaded(puts []LoadPut, err error, pic *observe.Picture) Result {
	pay := loadPayload{
		Op: "load", Keys: len(puts),
		First: puts[0].Key.Text(pic.Space), Last: puts[len(puts)-1].Key.Text(pic.Space),
	}
	which := pay.First
	if len(puts) > 1 {
		which += " to " + pay.Last
	}
	if err != nil {
		pay.Failed = err.Error()
		return Result{
			Failed: true, Expected: "every put of " + which + " is answered", Seen: pay.Failed,
			Text: fmt.Sprintf("load of %s failed: %v", which, err), Payload: pay,
		}
	}
	return Result{
		Text:    fmt.Sprintf("%s put, %s; the ring holds %s", observe.Plural(len(puts), "key"), which, observe.Plural(pic.Data.Keys, "key")),
		Payload: pay,
	}
}
