package scenarios

import (
	"strings"
	"testing"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// hand is a person who acts on a ring and waits for it as people do, by looking
// at it.
type hand struct {
	t   *testing.T
	sys System
	r   *Runner
	rec *Recorder
}

func newHand(t *testing.T, sys System, s Settings) *hand {
	t.Helper()
	t.Cleanup(func() { sys.Close() })
	h := &hand{t, sys, NewRunner(sys), NewRecorder()}
	h.r.Recorder = h.rec
	h.r.Configure(s)
	return h
}

func (h *hand) do(lines ...string) {
	h.t.Helper()
	do(h.t, h.r, lines...)
}

func (h *hand) waits(what string, cond func(observe.Health) bool) {
	h.t.Helper()
	awaitHealth(h.t, h.sys, what, cond)
}

func (h *hand) stable() {
	h.t.Helper()
	h.waits("stable", func(h observe.Health) bool { return h.Stable })
}

func (h *hand) sleep(d time.Duration) {
	h.t.Helper()
	if err := h.sys.Sleep(h.t.Context(), d); err != nil {
		h.t.Fatal(err)
	}
}

// quick are settings with which a ring heals soon.
func quick() Settings {
	s := DefaultSettings()
	s.Bits, s.Successors, s.Replicas, s.Seed = 8, 3, 2, 5
	s.Stabilize, s.Fix, s.Check, s.Repair = 100*time.Millisecond, 100*time.Millisecond, 200*time.Millisecond, 300*time.Millisecond
	s.Timeout = 200 * time.Millisecond
	return s
}

// What a person does reads like a scenario that somebody has written.
func TestRecording(t *testing.T) {
	t.Parallel()
	h := newHand(t, NewVirtual(), quick())
	h.do(`say "We begin."`, "join N8", "join N40", "join N77 N120")
	h.stable()
	h.sleep(2 * time.Second)
	h.do("  join 2  # by hash")
	h.stable()
	h.do(`put "apple" "a \"red\" one"`, "put K54 \"x\" from random", "get K54 from successor N40", "lookup K54 from owner K9", "set lookup=recursive")
	h.do("cut N8 -> random 3", "heal", "cut N8 <-> random", "reset any -> N120", "heal")
	h.stable()
	h.do("partition N8 any | rest")
	h.waits("in two rings", func(h observe.Health) bool { return h.Rings == 2 })
	h.do(`chapter "Healed"`, "heal")
	h.stable()
	h.do("kill random 2", "expect size = 4", "expect size = 9", "poison N40.finger[6] = successor N40")
	h.sleep(300 * time.Millisecond)
	h.do("restart all")
	if _, err := h.r.Do(t.Context(), "kill N1"); err == nil {
		t.Error("nobody was killed")
	}
	h.stable()
	want := `# A recorded session. To see it again: chordscope play FILE; to test it: chordscope run FILE
title "A recorded session"
say "We begin."
set bits=8 successors=3 replicas=2 stabilize=100ms fix=100ms check=200ms repair=300ms timeout=200ms seed=5
join N8 N40 N77 N120
wait until stable within 20s
join N104 N99
wait until stable within 20s
put "apple" "a \"red\" one" from N104
put K54 "x" from N120
get K54 from N77
lookup K54 from N40
set lookup=recursive
cut N8 -> N40
cut N8 -> N77
cut N8 -> N99
heal
cut N8 <-> N104
reset N8 -> N120
heal
partition N8 N40 | N77 N99 N104 N120
wait until rings = 2 within 20s
chapter "Healed"
heal
wait until stable within 20s
kill N8 N77
expect size = 4
# expect size = 9 (did not hold: 4 live peers)
poison N40.finger[6] = N99
wait until stable within 20s
restart N8 N77
wait until stable within 60s
expect size = 6
expect rings = 1
expect keys = 2
expect lost = 0
`
	got := h.rec.Text()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A session on real peers replays to the same ring on both drivers.
func TestRecordedSessionReplays(t *testing.T) {
	t.Parallel()
	h := newHand(t, systemOf(DriverTCP), quick())
	h.do("join N3", "join N20", "join N45", "join N60", "join N101", "join N133")
	h.stable()
	h.do("join 3")
	h.stable()
	h.do(`put "apple" "red"`, `put "pear" "green"`, `put K54 "x"`, "load 20 keys")
	h.do(`lookup "apple" from random`, "kill random 2")
	h.stable()
	h.do("partition random 3 | rest", `get "apple"`)
	h.waits("in two rings", func(h observe.Health) bool { return h.Rings == 2 })
	h.do("heal")
	h.stable()
	h.do("leave random", "delete K54")
	h.stable()
	h.do(`put "plum" "blue" from any`, "freeze random", "lookup K200 from any")
	h.sleep(300 * time.Millisecond)
	h.do("thaw all")
	h.stable()
	text := h.rec.Text()
	if !strings.HasSuffix(text, "expect size = 6\nexpect rings = 1\nexpect keys = 23\nexpect lost = 0\n") || strings.Contains(text, "random") {
		t.Errorf("recorded\n%s", text)
	}
	want := summaryOf(h.sys.Picture())
	for _, driver := range drivers {
		sc, err := Parse("recorded.chord", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		sys := newLeisurely(driver)
		var failed []string
		var got string
		rep := NewRunner(sys).Run(t.Context(), sc, func(p Progress) {
			if p.Done && !p.Result.OK {
				failed = append(failed, p.Line.Text+": "+p.Result.Text)
			}
			if p.Done && p.Index == len(sc.Lines)-1 {
				got = summaryOf(sys.Picture())
			}
		})
		sys.Close()
		if !rep.Passed() || got != want {
			t.Errorf("%s: %+v\n%s\ngot  %s\nwant %s\nof\n%s", driver, rep, strings.Join(failed, "\n"), got, want, text)
		}
	}
}

// summaryOf says who is on a stable ring, and who holds what.
func summaryOf(pic *observe.Picture) string {
	var out []string
	for _, p := range members(pic) {
		out = append(out, p.Name)
	}
	for _, d := range pic.Keys {
		out = append(out, d.Name+"="+d.Head+"@"+strings.Join(holderNames(d), ","))
	}
	return strings.Join(out, " ")
}

// A recording that begins later begins with the ring as it is.
func TestRecordingFromTheMiddle(t *testing.T) {
	t.Parallel()
	h := newHand(t, NewVirtual(), quick())
	h.do("join N8 N40 N77 N120")
	h.stable()
	h.do("put K54 \"x\"", `put "a\"b" "y\\z"`, "put K9 \""+strings.Repeat("long ", 20)+"\"", "cut N8 -> N40", "delay N40 -> N8 20ms jitter 5ms", "freeze N77")
	h.rec.Start()
	h.do("thaw N77")
	h.rec.Stop()
	h.do("kill N8")
	want := `# A recorded session. To see it again: chordscope play FILE; to test it: chordscope run FILE
title "A recorded session"
set bits=8 successors=3 replicas=2 stabilize=100ms fix=100ms check=200ms repair=300ms timeout=200ms seed=5
join N8 N40 N77 N120
wait until stable within 60s
# K9 has a value of 100 bytes, which is not written here
put K54 "x"
put "a\"b" "y\\z"
cut N8 -> N40
delay N40 -> N8 20ms jitter 5ms
freeze N77
thaw N77
wait until stable within 60s
expect size = 4
expect rings = 1
expect keys = 3
expect lost = 0
`
	if got := h.rec.Text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if _, err := Parse("x", []byte(want)); err != nil || h.rec.Recording() {
		t.Errorf("%v, recording %v", err, h.rec.Recording())
	}
}

// What nobody commanded is recorded as well; so is each event of churn.
func TestRecordingWhatWasSeen(t *testing.T) {
	t.Parallel()
	h := newHand(t, NewVirtual(), quick())
	h.do("join N8 N40 N77 N120")
	h.stable()
	if err := h.sys.Kill(t.Context(), []ring.ID{ring.FromUint64(40)}); err != nil {
		t.Fatal(err)
	}
	if err := h.sys.Join(t.Context(), []ring.ID{ring.FromUint64(90)}, nil); err != nil {
		t.Fatal(err)
	}
	h.stable()
	h.do("lookup K1 from N8", "churn 30s join=20 leave=6 kill=6")
	h.stable()
	text := h.rec.Text()
	for _, want := range []string{"\njoin N90 # seen, not commanded\nkill N40 # seen, not commanded\nwait until stable", "\nsleep ", "\njoin N", "\nkill N", "\nleave N"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	sc := mustParse(t, text)
	if rep := NewRunner(NewVirtual()).Run(t.Context(), sc, nil); !rep.Passed() {
		t.Errorf("%+v\n%s", rep, text)
	}
}

// A scenario that is replayed is recorded with what is done beside it; a second
// runner begins anew.
func TestRecordingOfAReplay(t *testing.T) {
	t.Parallel()
	rec := NewRecorder()
	for range 2 {
		r := NewRunner(NewVirtual())
		r.Recorder = rec
		r.Run(t.Context(), mustParse(t, "title \"Lesson\"\nset bits=6\njoin N1\njoin N8 via N1\nwait until stable\nsay \"Now.\"\nkill random\nexpect size = 1"), nil)
		do(t, r, "join N20")
	}
	text := rec.Text()
	want := "title \"Lesson\"\nset bits=6\njoin N1\njoin N8 via N1\nwait until stable\nsay \"Now.\"\nkill N1\nexpect size = 1\n"
	if !strings.Contains(text, want) || strings.Count(text, "Lesson") != 1 || !strings.Contains(text, "\njoin N20\n") {
		t.Errorf("got\n%s", text)
	}
}

// Every setting is written as set reads it.
func TestSettingValues(t *testing.T) {
	values := settingValues(DefaultSettings())
	for i, s := range settings {
		if i >= len(values) || values[i].name != s.name {
			t.Fatalf("the recorder does not write the setting %s", s.name)
		}
		if set := DefaultSettings(); !s.set(&set, values[i].text) || set != DefaultSettings() {
			t.Errorf("%s=%s is not what it was", s.name, values[i].text)
		}
	}
	other := Settings{
		Bits: 12, Successors: 3, Replicas: 1, VNodes: 2, Stabilize: 1e9, Fix: 2e9, Check: 3e9, Repair: 4e9, Timeout: 5e9,
		Recursive: true, Original: true, Processes: true, Seed: 9, ZeroBased: true,
	}
	sc := mustParse(t, "set "+changedSettings(other))
	r := NewRunner(newIdeal())
	if rep := r.Run(t.Context(), sc, nil); rep.Err != nil || r.Settings() != other {
		t.Errorf("%+v, want %+v", r.Settings(), other)
	}
}
