package scenarios

import (
	"errors"
	"strings"
	"testing"

	"chordscope/node/client"
	"chordscope/node/cluster"
	"chordscope/node/cluster/keyring"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/proto/wire"
)

// On a ring that others started, lines do what they do on one's own, but its
// settings are what they are.
func TestAttach(t *testing.T) {
	keys := keyring.Random()
	set := DefaultSettings()
	set.Bits, set.Successors, set.Replicas = 6, 3, 2
	owner, err := cluster.Start(t.Context(), cluster.Config{Network: wire.TCP{}, Space: ring.MustSpace(6), Core: set.core, Seed: 1, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(owner.Close)
	real := Real{Registry: owner.Registry(), Keys: keys}
	if _, _, err := Attach(t.Context(), real); !errors.Is(err, client.ErrNoPeer) {
		t.Errorf("attached to a ring of nobody: %v", err)
	}
	if err := owner.Join(t.Context(), []ring.ID{ring.FromUint64(8), ring.FromUint64(21), ring.FromUint64(42)}, nil); err != nil {
		t.Fatal(err)
	}
	sys, settings, err := Attach(t.Context(), real)
	if err != nil {
		t.Fatal(err)
	}
	defer sys.Close()
	if settings.Bits != 6 || settings.Successors != 3 || settings.Replicas != 2 || settings.Original {
		t.Errorf("settings: %+v", settings)
	}
	seen, err := sys.WaitFor(t.Context(), hang, func(pic *observe.Picture) bool { return pic.Health.Stable && pic.Health.Live == 3 })
	if err != nil || !seen {
		t.Fatalf("three are not seen: %s, %v", sys.Picture().Health.Why, err)
	}
	r := NewRunner(sys)
	r.Recorder = NewRecorder()
	r.Configure(settings)
	for _, tc := range [][2]string{
		{"lookup K20 from N8", "N21"},
		{"kill random 1", "crashed"},
		{"registry down", "was not started by this program"},
		{"set bits=8", `expected before "attach"`},
		{"set fingers=0-based", "fingers=0-based"},
	} {
		res, err := r.Do(t.Context(), tc[0])
		text := res.Text
		if err != nil {
			text = err.Error()
		}
		if !strings.Contains(text, tc[1]) {
			t.Errorf("%s: %s, want %s", tc[0], text, tc[1])
		}
	}
	// A recording begins with the ring that was there.
	want := "\nset bits=6 successors=3 replicas=2\njoin N8 N21 N42\nwait until stable within 60s\nlookup K20 from N8\nkill N"
	if text := r.Recorder.Text(); !strings.Contains(text, want) {
		t.Errorf("recorded\n%s", text)
	}
}
