package figure

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// paper is the ring of the papers' figures, m = 6.
var paper = ids(1, 8, 14, 21, 32, 38, 42, 48, 51, 56)

func ids(values ...uint64) []ring.ID {
	out := make([]ring.ID, len(values))
	for i, v := range values {
		out[i] = ring.FromUint64(v)
	}
	return out
}

// random returns n different identifiers, in order.
func random(space ring.Space, n int) []ring.ID {
	rng := rand.New(rand.NewPCG(7, uint64(n)))
	seen := make(map[ring.ID]bool)
	for len(seen) < n {
		seen[space.Hash([]byte(fmt.Sprint(rng.Uint64())))] = true
	}
	var out []ring.ID
	for id := range seen {
		out = append(out, id)
	}
	slices.SortFunc(out, ring.ID.Compare)
	return out
}

// ringOf is a Picture of an ideal ring.
func ringOf(bits int, members []ring.ID) *observe.Picture { return changed(bits, members, members) }

// changed is a Picture of a ring whose peers believe what was right when
// before were its members, while after are. Those that are new join, those that
// are missing are dead. Both are in order.
func changed(bits int, before, after []ring.ID) *observe.Picture {
	space := ring.MustSpace(bits)
	pic := &observe.Picture{Space: space, ListLen: 3, Protocol: "corrected"}
	pic.Data.Replicas = 2
	all := slices.Concat(before, after)
	slices.SortFunc(all, ring.ID.Compare)
	for _, id := range slices.Compact(all) {
		p := observe.Peer{ID: id, Name: name(space, id), State: observe.StateMember}
		if !slices.Contains(after, id) {
			p.State = observe.StateDead
		}
		if !slices.Contains(before, id) {
			p.State = observe.StateJoining
		}
		next := func(start ring.ID) observe.Pointer {
			to := owner(space, before, start)
			v := observe.Right
			switch {
			case !slices.Contains(after, to):
				v = observe.Dead
			case to != owner(space, live(before, after), start) && p.State == observe.StateMember:
				v = observe.Stale
			}
			return observe.Pointer{ID: to, Name: name(space, to), Verdict: v}
		}
		p.Successors = []observe.Pointer{next(space.FingerStart(id, 1))}
		for i := 1; i <= bits; i++ {
			start, end := space.FingerStart(id, i), id
			if i < bits {
				end = space.FingerStart(id, i+1)
			}
			p.Fingers = append(p.Fingers, observe.Finger{Pointer: next(start), Index: i, Start: start, Interval: ring.ClosedOpen(start, end)})
		}
		pic.Peers = append(pic.Peers, p)
	}
	pic.Health = observe.Health{Live: len(after), Valid: true, Rings: 1, Stable: slices.Equal(before, after)}
	return pic
}

// live are the members of a ring that joiners are not members of yet.
func live(before, after []ring.ID) []ring.ID {
	var out []ring.ID
	for _, id := range after {
		if slices.Contains(before, id) {
			out = append(out, id)
		}
	}
	return out
}

// owner is the first of sorted members at a key or after it.
func owner(space ring.Space, members []ring.ID, key ring.ID) ring.ID {
	best := members[0]
	for _, m := range members {
		if space.Distance(key, m).Less(space.Distance(key, best)) {
			best = m
		}
	}
	return best
}

func name(space ring.Space, id ring.ID) string {
	s := space.Format(id)
	return "N" + s[:min(len(s), 5+5*min(1, max(0, 33-space.Bits())))]
}

// putKeys adds keys to a Picture.
func putKeys(pic *observe.Picture, states map[uint64]observe.KeyState, keys ...uint64) {
	for _, k := range keys {
		id := ring.FromUint64(k)
		pic.Keys = append(pic.Keys, &observe.Datum{Key: store.Key{ID: id}, Name: "K" + pic.Space.Format(id), State: states[k]})
	}
	pic.Data.Keys = len(pic.Keys)
}

// lookupOf is a lookup with a path and, for each hop, a reason.
func lookupOf(pic *observe.Picture, key uint64, path ...uint64) *observe.Lookup {
	l := &observe.Lookup{Key: ring.FromUint64(key), KeyName: fmt.Sprintf("K%d", key), Done: true, Hops: len(path) - 1}
	for i, p := range path {
		id := ring.FromUint64(p)
		l.Path = append(l.Path, id)
		l.PathNames = append(l.PathNames, name(pic.Space, id))
		if i+1 < len(path) {
			next := ring.FromUint64(path[i+1])
			l.Steps = append(l.Steps, observe.Step{
				At: id, AtName: name(pic.Space, id), Next: next, NextName: name(pic.Space, next), HasNext: true,
				Why: fmt.Sprintf("closest preceding of %d in my table: finger[6] = %s", key, name(pic.Space, next)),
			})
		}
	}
	l.Owner = l.Path[len(l.Path)-1]
	l.OwnerName = l.PathNames[len(path)-1]
	l.Origin = l.Path[0]
	return l
}

// part cuts all links between the first n peers and the others, both ways.
func part(pic *observe.Picture, n int) {
	for i, a := range pic.Peers {
		for j, b := range pic.Peers {
			if (i < n) != (j < n) {
				pic.Faults = append(pic.Faults, observe.Fault{From: a.ID, To: b.ID, LinkFault: observe.LinkFault{Cut: true}})
			}
		}
	}
	pic.Health.Rings, pic.Health.Valid, pic.Health.Stable, pic.Health.Why = 2, false, false, "there are 2 rings"
}
