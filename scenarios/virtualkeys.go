package scenarios

import (
	"context"
	"fmt"
	"slices"

	"chordscope/node/chord"
	"chordscope/node/cluster"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/sim"
	"chordscope/node/store"
)

// This file has how keys are looked up, written and read in virtual time.

func (v *virtual) Lookup(ctx context.Context, from, key ring.ID, recursive bool) (observe.Lookup, error) {
	h := v.host(from)
	if h == nil {
		return observe.Lookup{}, v.errorf(from, cluster.ErrAbsent)
	}
	v.token++
	token := v.token
	v.sim.Do(h, chord.Find{Token: token, Key: key, Recursive: recursive})
	ok, err := v.wait(ctx, virtualPatience, func() bool { _, done := v.lookups[token]; return done || !h.Live() })
	if err != nil {
		return observe.Lookup{}, err
	}
	l, done := v.lookups[token]
	if !ok || !done {
		return observe.Lookup{}, fmt.Errorf("the lookup from N%s did not end", v.space.Format(from))
	}
	delete(v.lookups, token)
	return v.store().Describe(h.Ref, l), nil
}

func (v *virtual) Access(ctx context.Context, from ring.ID, a Access) (observe.Access, error) {
	h := v.host(from)
	if h == nil {
		return observe.Access{}, v.errorf(from, cluster.ErrAbsent)
	}
	v.token++
	token := v.token
	v.sim.Do(h, a.input(token))
	ok, err := v.wait(ctx, virtualPatience, func() bool { _, done := v.accesses[token]; return done || !h.Live() })
	if err != nil {
		return observe.Access{}, err
	}
	done, ended := v.accesses[token]
	if !ok || !ended {
		return observe.Access{}, fmt.Errorf("the %s from N%s did not end", a.Op, v.space.Format(from))
	}
	delete(v.accesses, token)
	return v.store().DescribeAccess(h.Ref, done), nil
}

// input is what the core is told to do.
func (a Access) input(token uint64) chord.Input {
	switch a.Op {
	case opPut:
		return chord.Put{Token: token, Key: a.Key, Value: a.Value}
	case opDelete:
		return chord.Delete{Token: token, Key: a.Key}
	}
	return chord.Get{Token: token, Key: a.Key}
}

// loadWidth is how many puts of a load are under way at the same time.
const loadWidth = 64

// flight is a put of a load that is under way.
type flight struct {
	token uint64
	from  *sim.Host
	key   store.Key
}

func (v *virtual) Load(ctx context.Context, puts []LoadPut) error {
	froms := make([]ring.ID, len(puts))
	for i, p := range puts {
		froms[i] = p.From
	}
	hosts, err := v.find(froms)
	if err != nil {
		return err
	}
	var first error
	var flying []flight
	ended := func(f flight) bool {
		a, done := v.accesses[f.token]
		if !done && f.from.Live() {
			return false
		}
		delete(v.accesses, f.token)
		why := a.Failed
		if !done {
			why = "it is gone"
		}
		if why != "" && first == nil {
			first = fmt.Errorf("put %s from N%s: %s", f.key.Text(v.space), v.space.Format(f.from.Ref.ID), why)
		}
		return true
	}
	for next := 0; next < len(puts) && first == nil || len(flying) > 0; {
		for ; next < len(puts) && first == nil && len(flying) < loadWidth; next++ {
			p, h := puts[next], hosts[next]
			v.token++
			flying = append(flying, flight{v.token, h, p.Key})
			v.sim.Do(h, Access{Op: opPut, Key: p.Key, Value: p.Value}.input(v.token))
		}
		under := len(flying)
		ok, err := v.wait(ctx, virtualPatience, func() bool {
			flying = slices.DeleteFunc(flying, ended)
			return len(flying) < under
		})
		switch {
		case err != nil:
			return err
		case !ok:
			return fmt.Errorf("put %s from N%s did not end", flying[0].key.Text(v.space), v.space.Format(flying[0].from.Ref.ID))
		}
	}
	return first
}
