package scenarios

import (
	"context"
	"slices"
	"testing"
	"time"
)

// steered carries one line out as one of a scenario, with meanwhile.
func steered(t *testing.T, r *Runner, line string, meanwhile func(ctx context.Context, interrupt func()) Haste) Result {
	t.Helper()
	r.Meanwhile = meanwhile
	res := r.line(t.Context(), mustParse(t, "set bits=6\njoin N1\n"+line).Lines[2])
	if res.Err != nil {
		t.Fatal(res.Err)
	}
	return res
}

func always(h Haste) func(context.Context, func()) Haste {
	return func(context.Context, func()) Haste { return h }
}

// A line that is interrupted goes on with the time that it has left, and others
// are carried out meanwhile; what they found out does not become the line's.
func TestInterruptedLineGoesOn(t *testing.T) {
	r, sys := paperRing(t)
	if res := do(t, r, "always size = 10"); !res.OK {
		t.Fatal(res.Text)
	}
	began, asked := sys.Now(), 0
	res := steered(t, r, "sleep 10s", func(ctx context.Context, interrupt func()) Haste {
		asked++
		if asked < 3 {
			interrupt()
			do(t, r, "sleep 1m")
		}
		if asked == 2 {
			do(t, r, "kill N8")
		}
		return NoHaste
	})
	took := sys.Now() - began
	if asked != 3 || took < 130*time.Second || took > 132*time.Second {
		t.Errorf("asked %d times, it took %v", asked, took)
	}
	if !res.OK || len(res.Breaches) > 0 {
		t.Errorf("the line gave %+v", res)
	}
}

// What time brings has come when a hurried line ends.
func TestHurriedLines(t *testing.T) {
	r, sys := paperRing(t)
	const instant = 10 * time.Millisecond // as virtual time knows it
	took := func(line string, h Haste) (time.Duration, Result) {
		began := sys.Now()
		res := steered(t, r, line, always(h))
		return sys.Now() - began, res
	}
	if d, res := took("sleep 60s", Hurry); d > instant || res.Text != d.String()+" of 1m0s pass" {
		t.Errorf("a hurried sleep on a stable ring took %v: %s", d, res.Text)
	}
	do(t, r, "freeze N8")
	if d, _ := took("sleep 60s", Hurry); d <= instant || d > r.rounds(hurriedRounds)+instant {
		t.Errorf("a hurried sleep beside a frozen peer took %v", d)
	}
	if d, res := took("wait until size = 50 within 5m", Hurry); d < hurriedWait || d > hurriedWait+time.Second || !res.BrokenOff || res.Failed {
		t.Errorf("a hurried wait took %v: %+v", d, res)
	}
	if d, res := took("wait until size = 50 within 1s", Hurry); d > 2*time.Second || res.BrokenOff || !res.Failed {
		t.Errorf("a short wait took %v in a hurry: %+v", d, res)
	}
	if d, res := took("expect eventually size = 50 within 5m", AtOnce); d > instant || !res.BrokenOff {
		t.Errorf("a wait that somebody ends took %v: %+v", d, res)
	}
	var rep Report
	rep.add(Line{Claim: true}, Result{BrokenOff: true})
	if rep.Expectations != 0 || !rep.Passed() {
		t.Errorf("a wait that was broken off counts: %+v", rep)
	}
}

// The same happens in a hurried churn, in less time.
func TestHurriedChurn(t *testing.T) {
	const line = "churn 60s join=20 leave=8 kill=6"
	r, sys := paperRing(t)
	began := sys.Now()
	as := do(t, r, line).Payload.(churnPayload)
	full := sys.Now() - began
	r, sys = paperRing(t)
	began = sys.Now()
	hurried := steered(t, r, line, always(Hurry)).Payload.(churnPayload)
	if d := sys.Now() - began; d > full/2 {
		t.Errorf("a hurried churn took %v of %v", d, full)
	}
	if !slices.Equal(as.Joined, hurried.Joined) || !slices.Equal(as.Left, hurried.Left) || !slices.Equal(as.Killed, hurried.Killed) {
		t.Errorf("hurried, churn is %+v; else %+v", hurried, as)
	}
}
