package chord

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"chordscope/node/ring"
)

// The text of scripts: how peers, messages and events are written and read.

// scriptError is what the parse functions panic with; script.command turns it
// into an error.
type scriptError string

func (e scriptError) Error() string { return string(e) }

func bad(format string, args ...any) scriptError { return scriptError(fmt.Sprintf(format, args...)) }

// parseRef reads N30, N30/2 (incarnation) or N30@x (address); "-" is nobody.
func parseRef(s string) Ref {
	if s == "-" || s == "" {
		return Ref{}
	}
	rest, addr, hasAddr := strings.Cut(s, "@")
	name, inc, hasInc := strings.Cut(rest, "/")
	r := Ref{ID: parseKey(name), Addr: strings.ToLower(name), Inc: 1}
	if hasAddr {
		r.Addr = addr
	}
	if hasInc {
		n, err := strconv.ParseUint(inc, 10, 64)
		if err != nil {
			panic(bad("incarnation of %q", s))
		}
		r.Inc = n
	}
	return r
}

func parseKey(s string) ring.ID {
	n, err := strconv.ParseUint(strings.TrimLeft(s, "NK"), 10, 64)
	if err != nil {
		panic(bad("%q is no identifier", s))
	}
	return ring.FromUint64(n)
}

func parseRefs(names []string) []Ref {
	var refs []Ref
	for _, s := range names {
		refs = append(refs, parseRef(s))
	}
	return refs
}

func parseTask(name string) Task {
	i := slices.Index(taskNames[:], name)
	if i < 0 {
		panic(bad("no task %q", name))
	}
	return Task(i)
}

// fields reads "pred=N1 list=[N2 N3]", where the brackets are words of their
// own already.
func fields(words []string) map[string]string {
	out := make(map[string]string)
	for i := 0; i < len(words); i++ {
		k, v, ok := strings.Cut(words[i], "=")
		if !ok {
			out[words[i]] = ""
			continue
		}
		if v == "" && i+1 < len(words) && words[i+1] == "[" {
			end := i + 1 + slices.Index(words[i+1:], "]")
			v = strings.Join(words[i+2:end], " ")
			i = end
		}
		out[k] = v
	}
	return out
}

func parseMessage(from string, words []string) Receive {
	m := Receive{From: parseRef(from)}
	if n, ok := strings.CutPrefix(words[0], "#"); ok {
		m.Request, words = mustUint(n), words[1:]
	} else if n, ok := strings.CutPrefix(words[0], "="); ok {
		m.Answer, words = mustUint(n), words[1:]
	}
	m.Body = parseBody(words[0], words[1:])
	return m
}

func mustUint(s string) uint64 {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		panic(bad("%q is no number", s))
	}
	return n
}

func parseBody(kind string, words []string) Body {
	f := fields(words)
	first := ""
	if len(words) > 0 {
		first = words[0]
	}
	_, withFingers := f["fingers"]
	switch kind {
	case "ping":
		return Ping{}
	case "ack":
		return Ack{}
	case "notify":
		return Notify{}
	case "getstate":
		return GetState{Fingers: withFingers}
	case "state":
		return State{Predecessor: parseRef(f["pred"]), Successors: parseRefs(strings.Fields(f["list"])), Fingers: parseRefs(strings.Fields(f["fingers"]))}
	case "nexthop":
		return NextHop{Key: parseKey(first), Avoid: strings.Fields(f["avoid"])}
	case "hop":
		return Hop{Rule: parseRule(words)}
	case "owns":
		return Owns{Key: parseKey(first), Avoid: strings.Fields(f["avoid"])}
	case "ownership":
		return Ownership{Yes: first == "yes", Predecessor: parseRef(f["pred"])}
	case "findowner":
		return FindOwner{Key: parseKey(first), Avoid: strings.Fields(f["avoid"]), TTL: int(mustUint(f["ttl"]))}
	case "found":
		return Found{Owner: parseRef(first), Predecessor: parseRef(f["pred"])}
	case "hint":
		return Hint{Candidate: parseRef(first)}
	case "compared":
		return Compared{Same: true}
	case "leaving":
		return Leaving{Predecessor: parseRef(f["pred"]), Successors: parseRefs(strings.Fields(f["list"]))}
	case "refuse":
		return Refusal{Code: Code(slices.Index(codeNames, first))}
	}
	panic(bad("no message %q", kind))
}

var (
	codeNames = []string{"unknown", "not-member", "unimplemented", "no-owner", "hop-limit"}
	ruleNames = []string{"?", "own", "successor", "finger", "list", "predecessor", "seed", "alone", "stuck"}
	failNames = []string{"answered", "timed out", "refused", "declined"}
)

// parseRule reads "finger 6 N42", "successor N56", "own" or "stuck".
func parseRule(words []string) Rule {
	r := Rule{Kind: RuleKind(max(0, slices.Index(ruleNames, words[0])))}
	if r.Kind == 0 {
		panic(bad("no rule %q", words[0]))
	}
	for _, w := range words[1:] {
		if strings.HasPrefix(w, "N") {
			r.Next = parseRef(w)
		} else {
			r.Index = int(mustUint(w))
		}
	}
	return r
}
