package scenarios

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// This file has the faults of the ideal ring. They harm nothing: a frozen peer
// only falls silent, and each disturbance is over one tick later.

// idealFaults is what is wrong with the ideal ring, and what was done to it.
type idealFaults struct {
	frozen map[uint64]bool
	links  map[link]observe.LinkFault
	down   bool     // the registry
	done   []string // "reset 8 14", "poison 8 6 14", "merge"
	told   []observe.Recovery
	heals  bool // pictures have recoveries
}

func (s *ideal) Freeze(ctx context.Context, ids []ring.ID) error {
	return s.setFrozen(ctx, "Freeze", ids, true)
}

func (s *ideal) Thaw(ctx context.Context, ids []ring.ID) error {
	return s.setFrozen(ctx, "Thaw", ids, false)
}

func (s *ideal) setFrozen(ctx context.Context, name string, ids []ring.ID, on bool) error {
	if err := s.call(ctx, name); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		if s.faults.frozen == nil {
			s.faults.frozen = make(map[uint64]bool)
		}
		s.faults.frozen[plain(id)] = on
	}
	return nil
}

func (s *ideal) Restart(ctx context.Context, ids []ring.ID) error {
	if err := s.call(ctx, "Restart"); err != nil {
		return err
	}
	for _, id := range ids {
		s.add(plain(id))
	}
	return nil
}

func (s *ideal) SetFaults(ctx context.Context, faults []observe.Fault) error {
	if err := s.call(ctx, "SetFaults"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		if s.faults.links == nil {
			s.faults.links = make(map[link]observe.LinkFault)
		}
		s.faults.links[link{f.From, f.To}] = f.LinkFault
	}
	return nil
}

func (s *ideal) Heal(ctx context.Context) error {
	err := s.call(ctx, "Heal")
	s.faults.links = nil
	return err
}

func (s *ideal) Reset(ctx context.Context, a, b ring.ID) error {
	return s.note(ctx, "Reset", "reset", s.space.Format(a), s.space.Format(b))
}

func (s *ideal) Poison(ctx context.Context, id ring.ID, finger int, to ring.ID) error {
	return s.note(ctx, "Poison", "poison", s.space.Format(id), string(rune('0'+finger)), s.space.Format(to))
}

func (s *ideal) Merge(ctx context.Context) error { return s.note(ctx, "Merge", "merge") }

func (s *ideal) SetRegistry(ctx context.Context, up bool) error {
	s.faults.down = !up
	return s.note(ctx, "SetRegistry", "registry", upOrDown(up))
}

func (s *ideal) note(ctx context.Context, name string, words ...string) error {
	err := s.call(ctx, name)
	s.faults.done = append(s.faults.done, strings.Join(words, " "))
	return err
}

// Disturbed begins a recovery that reaches everything in the next tick.
func (s *ideal) Disturbed(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.told = append(s.faults.told, observe.Recovery{
		Number: uint64(len(s.faults.told) + 1), What: what, At: s.at, Messages: idealPerEvent,
	})
}

// showFaults fills in what a picture has of faults and recoveries.
func (s *ideal) showFaults(pic *observe.Picture) {
	for id, on := range s.faults.frozen {
		if p := peerIn(pic, id); on && present(p) {
			p.Frozen, p.State = true, observe.StateSilent
		}
	}
	byEnds := func(a, b link) int {
		return slices.Compare([]uint64{plain(a.from), plain(a.to)}, []uint64{plain(b.from), plain(b.to)})
	}
	for _, l := range slices.SortedFunc(maps.Keys(s.faults.links), byEnds) {
		pic.Faults = append(pic.Faults, observe.Fault{From: l.from, To: l.to, LinkFault: s.faults.links[l]})
	}
	pic.Registry.Up = !s.faults.down
	for _, rec := range s.faults.told {
		if !s.faults.heals {
			break
		}
		if pic.At > rec.At {
			reached := observe.Moment{Reached: true, After: idealTick}
			rec.Suspected, rec.Ring, rec.Fingers, rec.Keys = reached, reached, reached, reached
			rec.Rounds, rec.Over = 0.5, true
		}
		pic.Recoveries = append(pic.Recoveries, rec)
	}
}

// linkFaults returns the faults there are, as "8->14 cut".
func (s *ideal) linkFaults() []string {
	var out []string
	for _, f := range s.Picture().Faults {
		out = append(out, s.space.Format(f.From)+"->"+s.space.Format(f.To)+" "+f.LinkFault.String())
	}
	return out
}

func (s *ideal) Pause(ctx context.Context, on bool) error {
	if on {
		return s.note(ctx, "Pause", "pause")
	}
	return s.note(ctx, "Pause", "resume")
}

func (s *ideal) Speed(ctx context.Context, factor float64) error {
	return s.note(ctx, "Speed", "speed", fmt.Sprint(factor))
}

func (s *ideal) Step(ctx context.Context, ids []ring.ID, tasks []string) error {
	return s.note(ctx, "Step", "step", strings.Join(tasks, "+"), s.list(ids))
}

func (s *ideal) Trace(ctx context.Context, ids []ring.ID, on bool) error {
	return s.note(ctx, "Trace", "trace", fmt.Sprint(on), s.list(ids))
}

func (s *ideal) list(ids []ring.ID) string {
	var out []string
	for _, id := range ids {
		out = append(out, s.space.Format(id))
	}
	return strings.Join(out, " ")
}
