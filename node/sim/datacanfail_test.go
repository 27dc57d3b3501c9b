package sim

import (
	"math/rand/v2"
	"slices"
	"testing"

	"chordscope/node/chord"
	"chordscope/node/store"
)

// fault is a way in which a data layer could be wrong.
type fault struct {
	what string
	// tamper returns what the message m of h becomes: itself, nothing, or an
	// answer that h gets at once.
	tamper func(s *dataSchedule, m chord.Send) (answer chord.Body, drop bool)
}

// TestDataCanFail: the schedules of TestDataWithinLimit find each of these
// faults. A checker that passed them would be worth nothing.
func TestDataCanFail(t *testing.T) {
	for _, f := range []fault{
		{"a replica confirms a write and does not keep it", func(_ *dataSchedule, m chord.Send) (chord.Body, bool) {
			st, ok := m.Body.(chord.Store)
			return confirmed(st), ok && st.Why == chord.CauseWrite
		}},
		{"a leaver hands nothing over", func(_ *dataSchedule, m chord.Send) (chord.Body, bool) {
			st, ok := m.Body.(chord.Store)
			return confirmed(st), ok && st.Why == chord.CauseLeave
		}},
		{"whoever asks may drop its copies", func(_ *dataSchedule, m chord.Send) (chord.Body, bool) {
			_, ok := m.Body.(chord.Cover)
			return chord.Coverage{Yes: true, Predecessor: m.To}, ok
		}},
		{"repair takes all for equal", func(_ *dataSchedule, m chord.Send) (chord.Body, bool) {
			_, ok := m.Body.(chord.Compare)
			return chord.Compared{Same: true, Whole: true}, ok
		}},
		{"now and then an owner does not find what it has", func(s *dataSchedule, m chord.Send) (chord.Body, bool) {
			_, ok := m.Body.(chord.Read)
			return chord.Datum{}, ok && s.rng.IntN(20) == 0
		}},
		{"tombstones are not told to replicas", func(_ *dataSchedule, m chord.Send) (chord.Body, bool) {
			st, ok := m.Body.(chord.Store)
			return confirmed(st), ok && slices.ContainsFunc(st.Items, func(it store.Item) bool { return it.Deleted })
		}},
	} {
		t.Run(f.what, func(t *testing.T) {
			const runs = 12
			found := 0
			var last error
			for seed := range uint64(runs) {
				rng := rand.New(rand.NewPCG(seed, 29))
				shape := randomShape(rng)
				shape.k, shape.r = 2+rng.IntN(2), 4
				s := newDataSchedule(seed, rng, shape, func(string, ...any) {})
				s.tamper = f.apply
				if err := s.churn(s.withinDataLimit); err != nil {
					found++
					last = err
				}
			}
			t.Logf("found in %d of %d schedules, the last one: %.200v", found, runs, last)
			if found == 0 {
				t.Error("not found")
			}
		})
	}
}

// confirmed is what a replica says that has stored everything.
func confirmed(st chord.Store) chord.Stored {
	var c chord.Stored
	for _, it := range st.Items {
		c.Versions = append(c.Versions, it.Version)
	}
	return c
}

func (f fault) apply(s *dataSchedule, h *Host, fx *chord.Effects) {
	fx.Sends = slices.DeleteFunc(fx.Sends, func(m chord.Send) bool {
		answer, instead := f.tamper(s, m)
		if instead {
			s.sim.push(&event{at: s.sim.now + s.sim.latency(), to: h, in: chord.Receive{From: m.To, Answer: m.Request, Body: answer}})
		}
		return instead
	})
}
