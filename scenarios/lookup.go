package scenarios

import (
	"context"
	"fmt"
	"strings"
	"time"

	"chordscope/node/observe"
)

// lookupPayload is the JSON result of a lookup. The path ends with the owner
// and hops is its length minus one.
type lookupPayload struct {
	Path   []string `json:"path"`
	Owner  string   `json:"owner,omitempty"` // of a lookup that found one
	Hops   int      `json:"hops"`
	Failed string   `json:"failed,omitempty"` // why it found none
}

func parseLookup(p *parser) action {
	key := p.key()
	p.keyword("from")
	from := p.onePeer()
	recursive := p.accept("recursive") || p.scope.settings.Recursive
	p.scope.looked = true
	p.lookup = &subject{key, from}
	return func(ctx context.Context, r *Runner) (Result, error) {
		origin, err := r.chooseAwake(from)
		if err != nil {
			return Result{}, err
		}
		l, err := r.sys.Lookup(ctx, origin[0], key.ID, recursive)
		if err != nil {
			return Result{}, err
		}
		r.went(way{Lookup: &l}, l.Failed, "the lookup found no owner")
		return Result{Text: describeLookup(placed(key, r.sys.Picture().Space), &l), Lookup: &l, Peers: l.PathNames, Payload: lookupPayload{
			Path: l.PathNames, Owner: l.OwnerName, Hops: l.Hops, Failed: l.Failed,
		}}, nil
	}
}

// way is how the last lookup, put, get or delete went to the owner of its key.
type way struct {
	*observe.Lookup
	failed string // why there is no path to speak of; empty if there is one
}

// went remembers a way for the conditions on it. failed says why there is none,
// empty if there is one, and what stands before that in a message.
func (r *Runner) went(w way, failed, what string) {
	if failed != "" {
		w.failed = what + ": " + failed
	}
	r.last, r.scope.looked = &w, true
}

// describeLookup says how a lookup of the key ended.
func describeLookup(key string, l *observe.Lookup) string {
	took := l.Took.Round(time.Millisecond / 10)
	if l.Failed != "" {
		return fmt.Sprintf("%s was not found: %s (%v)", key, l.Failed, took)
	}
	return fmt.Sprintf("%s is owned by %s: %s, %s, owner included (%v)",
		key, l.OwnerName, strings.Join(l.PathNames, " -> "), observe.Plural(l.Hops, "hop"), took)
}
