package scenarios

import (
	"context"
	"maps"
	"slices"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// This file has the keys of the ideal ring: at every moment each stands on
// exactly the peers that should hold it, unless all of these crashed at once.

// idealDatum is one key; without a value it is deleted.
type idealDatum struct {
	value   []byte
	deleted bool
	lost    bool
	version uint64
}

// lose marks what goes with peers that go: all keys that nobody else holds, if
// they crash; if they leave, nothing, except with the last one.
func (s *ideal) lose(ids []ring.ID, why observe.State) {
	gone := func(id uint64) bool { return slices.Contains(ids, ring.FromUint64(id)) }
	last := !slices.ContainsFunc(s.oracle.ids, func(id uint64) bool { return !gone(id) })
	for k, d := range s.data {
		kept := slices.ContainsFunc(s.oracle.holders(plain(k.ID)), func(id uint64) bool { return !gone(id) })
		if last || !kept && why == observe.StateDead {
			d.lost = true
		}
	}
}

func (s *ideal) Access(ctx context.Context, from ring.ID, a Access) (observe.Access, error) {
	if err := s.call(ctx, "Access"); err != nil {
		return observe.Access{}, err
	}
	return s.access(from, a), nil
}

func (s *ideal) Load(ctx context.Context, puts []LoadPut) error {
	if err := s.call(ctx, "Load"); err != nil {
		return err
	}
	if s.onLoad != nil {
		s.onLoad(puts)
	}
	for _, p := range puts {
		s.access(p.From, Access{Op: opPut, Key: p.Key, Value: p.Value})
	}
	return nil
}

func (s *ideal) access(from ring.ID, a Access) observe.Access {
	out := observe.Access{
		Op: a.Op, Key: a.Key, KeyName: a.Key.Text(s.space), Lookup: s.lookup(from, a.Key.ID), Took: 5 * time.Millisecond,
	}
	if err := s.fail["access outcome"]; err != nil {
		out.Failed = err.Error()
		return out
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.data[a.Key]
	if d == nil || d.lost {
		d = &idealDatum{deleted: true}
	}
	out.Found = !d.deleted
	if a.Op == opGet {
		out.Value, out.Version.Counter = d.value, d.version
		return out
	}
	d.value, d.deleted, d.version = a.Value, a.Op == opDelete, d.version+1
	s.data[a.Key] = d
	out.Version.Counter = d.version
	out.Copies = len(s.oracle.holders(plain(a.Key.ID)))
	return out
}

// showData fills in what a picture has of keys.
func (s *ideal) showData(pic *observe.Picture) {
	for _, k := range slices.SortedFunc(maps.Keys(s.data), store.Key.Compare) {
		d := s.data[k]
		if d.deleted {
			continue
		}
		datum := &observe.Datum{
			Key: k, Name: k.Text(s.space), Version: store.Version{Counter: d.version},
			Size: len(d.value), Sum: store.Sum(d.value), Head: string(d.value[:min(len(d.value), 48)]),
		}
		pic.Data.Keys++
		for i, id := range s.oracle.holders(plain(k.ID)) {
			if i == 0 {
				datum.Owner = ring.FromUint64(id)
			}
			datum.Holders = append(datum.Holders, observe.Holder{ID: ring.FromUint64(id), Name: s.name(id), Wanted: true, Has: !d.lost})
			if p := peerIn(pic, id); !d.lost {
				p.Copies++
				if i == 0 {
					p.Owned++
				}
			}
		}
		if d.lost {
			datum.State = observe.Lost
			pic.Data.Keys--
			pic.Data.Lost++
		}
		pic.Keys = append(pic.Keys, datum)
	}
}
