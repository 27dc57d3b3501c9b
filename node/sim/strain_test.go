package sim

import (
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/store"
)

// TestStrain: on a machine that is overloaded peers do less, and take nobody for
// dead who answers late.
func TestStrain(t *testing.T) {
	messages := func(strain float64) (sent uint64, suspected int) {
		s := crowd(t, 16)
		s.OnEffects = func(_ *Host, fx *chord.Effects) {
			for _, e := range fx.Events {
				if e.Kind == chord.EvSuspected {
					suspected++
				}
			}
		}
		for _, h := range s.Hosts() {
			s.Do(h, chord.Strain{Factor: strain})
		}
		s.cfg.MinLatency, s.cfg.MaxLatency = 300*time.Millisecond, 500*time.Millisecond // an answer takes up to a second
		before := s.Sent
		s.RunFor(time.Minute)
		return s.Sent - before, suspected
	}
	normal, doubted := messages(1)
	less, wrong := messages(4)
	if doubted == 0 || wrong > 0 {
		t.Errorf("late answers: %d suspected at ease, %d under strain", doubted, wrong)
	}
	if less*2 > normal {
		t.Errorf("%d messages at ease, and still %d under strain", normal, less)
	}
}

// TestStrainedAccess: where silent peers are noticed late, accesses wait for it.
func TestStrainedAccess(t *testing.T) {
	s := crowd(t, 16)
	var told []chord.Access
	s.OnEffects = func(_ *Host, fx *chord.Effects) { told = append(told, fx.Accesses...) }
	for _, h := range s.Hosts() {
		s.Do(h, chord.Strain{Factor: 8})
	}
	from, owner := s.Hosts()[0], s.Hosts()[1]
	s.Freeze(owner)
	s.Do(from, chord.Get{Key: store.Key{ID: owner.Ref.ID}})
	s.RunFor(2 * time.Minute)
	if len(told) != 1 || told[0].Failed != "" || told[0].Took < 4*time.Second {
		t.Errorf("a get whose owner is silent: %+v", told)
	}
}
