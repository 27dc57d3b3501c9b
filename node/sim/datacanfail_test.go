package sim

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/store"
)

// fault is a way in which a data layer could be wrong.
type fault struct {
	what string
	k    int // copies of each key: few enough that others do not make up for it
	// tamper may change a message, or answer it in the place of its receiver.
	tamper func(s *dataSchedule, m *chord.Send) (answer chord.Body, instead bool)
}

// TestDataCanFail: the schedules of TestDataWithinLimit find each of these
// faults. A checker that passed them would be worth nothing.
func TestDataCanFail(t *testing.T) {
	for _, f := range []fault{
		{k: 3, what: "a replica confirms a write and does not keep it", tamper: func(_ *dataSchedule, m *chord.Send) (chord.Body, bool) {
			st, ok := m.Body.(chord.Store)
			return confirmed(st), ok && st.Why == chord.CauseWrite
		}},
		{k: 1, what: "a leaver hands nothing over", tamper: func(_ *dataSchedule, m *chord.Send) (chord.Body, bool) {
			st, ok := m.Body.(chord.Store)
			return confirmed(st), ok && st.Why == chord.CauseLeave
		}},
		{k: 3, what: "a copy is dropped without asking whether others are in place", tamper: func(_ *dataSchedule, m *chord.Send) (chord.Body, bool) {
			if c, ok := m.Body.(chord.Compare); ok {
				c.Claim = false
				m.Body = c
			}
			_, ok := m.Body.(chord.Cover)
			return chord.Coverage{Yes: true, Predecessor: m.To}, ok
		}},
		{k: 2, what: "repair takes all for equal", tamper: func(_ *dataSchedule, m *chord.Send) (chord.Body, bool) {
			_, ok := m.Body.(chord.Compare)
			return chord.Compared{Same: true, Whole: true}, ok
		}},
		{k: 2, what: "now and then an owner does not find what it has", tamper: func(s *dataSchedule, m *chord.Send) (chord.Body, bool) {
			_, ok := m.Body.(chord.Read)
			return chord.Datum{}, ok && s.rng.IntN(20) == 0
		}},
		{k: 3, what: "tombstones are not told to replicas", tamper: func(_ *dataSchedule, m *chord.Send) (chord.Body, bool) {
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
				shape.k, shape.r = f.k, 4
				s := newDataSchedule(seed, rng, shape, func(string, ...any) {})
				s.tamper = f.apply
				if err := s.churn(s.withinDataLimit); err != nil {
					found++
					last = err
				}
			}
			t.Logf("found in %d of %d schedules, the last one: %.200v", found, runs, last)
			if found < runs/2 {
				t.Errorf("found in %d of %d schedules only", found, runs)
			}
		})
	}
}

// TestDataSeesWhatComesBack: the ledger notices a value that comes back after
// it was deleted and its tombstone has gone.
func TestDataSeesWhatComesBack(t *testing.T) {
	s := loadedRing(t, 1, dataShape{bits: 16, r: 3, k: 2, latency: 5 * time.Millisecond, keys: 10}, 5)
	r := s.ledger.record(s.keys[0])
	old := store.Item{Key: r.key, Version: r.acked.version, Value: []byte(r.acked.value)}
	s.ledger.ask(s.members()[0], chord.OpDelete, r.key)
	if err := s.settleData(); err != nil {
		t.Fatal(err)
	}
	s.give(s.members()[0], old)
	if err := s.ledger.err; err == nil || !strings.Contains(err.Error(), "came back") {
		t.Errorf("the ledger says: %v", err)
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
	kept := fx.Sends[:0]
	for _, m := range fx.Sends {
		if answer, instead := f.tamper(s, &m); instead {
			s.sim.push(&event{at: s.sim.now + s.sim.latency(), to: h, in: chord.Receive{From: m.To, Answer: m.Request, Body: answer}})
		} else {
			kept = append(kept, m)
		}
	}
	fx.Sends = kept
}
