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
	return func(ctx context.Context, r *Runner) (Result, error) {
		origin, err := r.choose([]selector{from})
		if err != nil {
			return Result{}, err
		}
		l, err := r.sys.Lookup(ctx, origin[0], key.id, recursive)
		if err != nil {
			return Result{}, err
		}
		r.last, r.scope.looked = &l, true
		return Result{Text: describeLookup(key.text, &l), Lookup: &l, Peers: l.PathNames, Payload: lookupPayload{
			Path: l.PathNames, Owner: l.OwnerName, Hops: l.Hops, Failed: l.Failed,
		}}, nil
	}
}

// describeLookup says how a lookup ended. written is the key as the line had
// it, which for a hashed one is not its name on the ring.
func describeLookup(written string, l *observe.Lookup) string {
	key := l.KeyName
	if strings.HasPrefix(written, `"`) {
		key = fmt.Sprintf("%s (%s)", written, l.KeyName)
	}
	took := l.Took.Round(time.Millisecond / 10)
	if l.Failed != "" {
		return fmt.Sprintf("%s was not found: %s (%v)", key, l.Failed, took)
	}
	return fmt.Sprintf("%s is owned by %s: %s, %s, owner included (%v)",
		key, l.OwnerName, strings.Join(l.PathNames, " -> "), plural(l.Hops, "hop"), took)
}
