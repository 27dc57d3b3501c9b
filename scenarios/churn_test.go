package scenarios

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"chordscope/node/observe"
)

// The events of churn are Poisson processes: as many as the rates say, with
// gaps of which 1 - 1/e are shorter than the mean, in order, the same for the
// same seed.
func TestChurnDraws(t *testing.T) {
	rates := [churnKinds]float64{churnJoin: 6, churnKill: 2}
	events := draw(rand.New(rand.NewPCG(1, 0)), 1000*time.Minute, rates)
	byKind := make([][]time.Duration, churnKinds)
	for i, e := range events {
		if e.at < 0 || e.at >= 1000*time.Minute || i > 0 && e.at < events[i-1].at {
			t.Fatalf("event %d at %v", i, e.at)
		}
		byKind[e.kind] = append(byKind[e.kind], e.at)
	}
	for kind, want := range rates {
		n, mean := float64(len(byKind[kind])), time.Minute
		if want*1000*0.9 > n || n > want*1000*1.1 {
			t.Errorf("%v events of kind %d in 1000 minutes, rate %v", n, kind, want)
		}
		if want == 0 {
			continue
		}
		mean = time.Duration(float64(mean) / want)
		short := 0
		for i, at := range byKind[kind] {
			if i > 0 && at-byKind[kind][i-1] < mean {
				short++
			}
		}
		if share := float64(short) / n; share < 0.58 || share > 0.68 {
			t.Errorf("%.2f of the gaps of kind %d are shorter than the mean, want 0.63", share, kind)
		}
	}
	if !slices.Equal(events, draw(rand.New(rand.NewPCG(1, 0)), 1000*time.Minute, rates)) {
		t.Error("the same seed drew other events")
	}
}

// Churn takes its time, and tells what happened to whom.
func TestChurn(t *testing.T) {
	r, sys := paperRing(t)
	began := sys.Picture().At
	res := do(t, r, "churn 60s join=30 leave=10 kill=10")
	if took := res.At - began; took < time.Minute || took > time.Minute+time.Second {
		t.Errorf("churn of a minute took %v", took)
	}
	pay := res.Payload.(churnPayload)
	live := 10 + len(pay.Joined) - len(pay.Left) - len(pay.Killed)
	if len(pay.Joined) == 0 || len(pay.Left) == 0 || len(pay.Killed) == 0 || pay.Skipped > 0 || sys.Picture().Health.Live != live {
		t.Errorf("%d peers on the ring after %+v", sys.Picture().Health.Live, pay)
	}
	for _, name := range pay.Killed {
		if i := slices.IndexFunc(sys.faults.told, func(rec observe.Recovery) bool { return rec.What == "kill "+name }); i < 0 {
			t.Errorf("nobody was told of the death of %s", name)
		}
	}
	if res := do(t, r, "churn 1s"+" join=0"); res.Text != "0 peers joined, 0 left, 0 crashed; the ring has "+observe.Plural(live, "peer") {
		t.Error(res.Text)
	}
}

// Two peers always stay.
func TestChurnStopsAtTwo(t *testing.T) {
	r, sys := paperRing(t)
	least := 10
	sys.spoil = func(pic *observe.Picture) { least = min(least, pic.Health.Live) }
	res := do(t, r, "churn 60s leave=30 kill=30")
	pay := res.Payload.(churnPayload)
	if least != 2 || len(pay.Left)+len(pay.Killed) != 8 || pay.Skipped == 0 || !strings.Contains(res.Text, "left out, so that two peers stay") {
		t.Errorf("down to %d peers: %s", least, res.Text)
	}
}

// What always should hold is watched while churn goes on.
func TestChurnIsWatched(t *testing.T) {
	r, _ := paperRing(t)
	do(t, r, "always size > 5")
	res := do(t, r, "churn 60s leave=60")
	if len(res.Breaches) != 1 || res.Breaches[0].Result.Seen != "5 live peers" || res.Breaches[0].Result.At >= res.At {
		t.Errorf("breaches %+v at %v", res.Breaches, res.At)
	}
}
