package scenarios

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// What is done with a key; see Access.Op.
const (
	opPut    = "put"
	opGet    = "get"
	opDelete = "delete"
)

// accessPayload is the JSON result of a put, get or delete.
type accessPayload struct {
	Op          string   `json:"op"`
	Key         string   `json:"key"`                    // K54, or a name in quotes
	Found       bool     `json:"found"`                  // get: there is a value; put and delete: there was one before
	Value       *string  `json:"value,omitempty"`        // of a get that found text
	ValueBase64 []byte   `json:"value_base64,omitempty"` // of a get that found something else
	Copies      int      `json:"copies,omitempty"`       // put and delete: on how many peers it is now
	Version     uint64   `json:"version,omitempty"`      // grows with each write of the key
	Owner       string   `json:"owner,omitempty"`
	Path        []string `json:"path"`
	Hops        int      `json:"hops"`
	Failed      string   `json:"failed,omitempty"` // why nothing of this is known
}

func parsePut(p *parser) action {
	key := p.key()
	return accessing(p, Access{Op: opPut, Key: key, Value: []byte(p.text())})
}

func parseGet(p *parser) action {
	key := p.key()
	p.scope.got = true
	return accessing(p, Access{Op: opGet, Key: key})
}

func parseDelete(p *parser) action {
	return accessing(p, Access{Op: opDelete, Key: p.key()})
}

// accessing reads through whom, at the end of the line, and carries a out.
func accessing(p *parser, a Access) action {
	from := drawn(1, livePool)
	if end := p.toks[len(p.toks)-1].stop - p.begin(); !p.lost {
		from.at = &span{end, end, " from "}
	}
	if p.accept("from") {
		from = p.onePeer()
	}
	p.scope.looked = true
	return func(ctx context.Context, r *Runner) (Result, error) {
		origin, err := r.chooseAwake(from)
		if err != nil {
			return Result{}, err
		}
		done, err := r.sys.Access(ctx, origin[0], a)
		if err != nil {
			return Result{}, err
		}
		r.went(way{Lookup: &done.Lookup}, done.Failed, "the "+a.Op+" failed")
		if a.Op == opGet {
			r.got, r.scope.got = &done, true
		}
		return accessed(a, &done, r.sys.Picture()), nil
	}
}

// accessed is the result of a put, get or delete. One that failed is told as an
// expectation that did not hold: nothing else would notice. To find nothing is
// no failure; a claim may say what should be found.
func accessed(a Access, done *observe.Access, pic *observe.Picture) Result {
	key := placed(a.Key, pic.Space)
	res := Result{Access: done, Peers: done.Lookup.PathNames, Payload: payloadOf(a, done, pic.Space)}
	if done.Failed != "" {
		res.Failed, res.Seen = true, done.Failed
		res.Expected = fmt.Sprintf("%s %s is answered", a.Op, key)
		res.Text = fmt.Sprintf("%s %s failed: %s", a.Op, key, done.Failed)
		return res
	}
	res.Lookup = &done.Lookup
	res.Text = fmt.Sprintf("%s %s (%s, %v)", a.Op, outcome(a, done, key, pic),
		observe.Plural(done.Lookup.Hops, "hop"), done.Took.Round(time.Millisecond/10))
	return res
}

func outcome(a Access, done *observe.Access, key string, pic *observe.Picture) string {
	owner := done.Lookup.OwnerName
	switch {
	case a.Op == opGet && done.Found:
		return fmt.Sprintf("%s = %s from owner %s", key, showValue(done.Value, len(done.Value)), owner)
	case a.Op == opGet:
		return fmt.Sprintf("%s: not found, owner %s has no value", key, owner)
	case a.Op == opPut:
		return fmt.Sprintf("%s = %s%s, owner %s", key, observe.Plural(done.Copies, "copy"), holdersOf(a.Key, done, pic), owner)
	case done.Found:
		return fmt.Sprintf("%s: gone from %s, owner %s", key, observe.Plural(done.Copies, "peer"), owner)
	}
	return fmt.Sprintf("%s: there was no value, owner %s", key, owner)
}

// holdersOf names the peers that hold what was put, if all of them can be seen.
func holdersOf(key store.Key, done *observe.Access, pic *observe.Picture) string {
	d := pic.Datum(key)
	if d == nil || d.Version != done.Version {
		return ""
	}
	names := holderNames(d)
	if len(names) != done.Copies {
		return ""
	}
	return " on " + strings.Join(names, " ")
}

func payloadOf(a Access, done *observe.Access, space ring.Space) accessPayload {
	out := accessPayload{
		Op: a.Op, Key: a.Key.Text(space), Found: done.Found, Copies: done.Copies, Version: done.Version.Counter,
		Owner: done.Lookup.OwnerName, Path: done.Lookup.PathNames, Hops: done.Lookup.Hops, Failed: done.Failed,
	}
	if out.Path == nil {
		out.Path = []string{}
	}
	switch text := string(done.Value); {
	case a.Op != opGet || !done.Found:
	case utf8.ValidString(text) && isText(text):
		out.Value = &text
	default:
		out.ValueBase64 = done.Value
	}
	return out
}
