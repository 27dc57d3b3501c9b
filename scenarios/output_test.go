package scenarios

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestFigure(t *testing.T) {
	t.Chdir(t.TempDir())
	r := NewRunner(newIdeal())
	do(t, r, `title "The ring"`, "set bits=6", "join N1 N8 N14", "lookup K10 from N1", "focus N8", "figure ring.svg", `figure "dark one.SVG" focus N14 dark`)
	light, err := os.ReadFile("ring.svg")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<svg", "The ring", ">N14<", "K10", "finger table of N8"} {
		if !strings.Contains(strings.ToLower(string(light)), strings.ToLower(want)) {
			t.Errorf("the figure has no %q", want)
		}
	}
	dark, err := os.ReadFile("dark one.SVG")
	if err != nil || string(dark) == string(light) {
		t.Errorf("dark figure: %v", err)
	}
	do(t, r, "kill N8", "figure ring.svg") // the peer in focus is not there any more
	if _, err := r.Do(t.Context(), "figure none/ring.svg"); err == nil || err.Error() != "the figure cannot be written: open none/ring.svg: no such file or directory" {
		t.Errorf("a folder that is not there: %v", err)
	}
	if _, err := NewRunner(newIdeal()).Do(t.Context(), "figure ring.svg"); err == nil || err.Error() != "no ring to draw: let a peer join first" {
		t.Errorf("no ring: %v", err)
	}
}

func TestSnapshot(t *testing.T) {
	dir := t.TempDir()
	r := NewRunner(NewVirtual())
	r.SnapshotDir = dir
	do(t, r, strings.Split(strings.TrimSpace(paperLines), "\n")...)
	do(t, r, "snapshot before", "expect changed before = none", `snapshot "in two words"`, `expect not changed "in two words" = N8`, "cut N8 -> N14", "freeze N51", "snapshot cut-1")
	text, err := os.ReadFile(dir + "/cut-1.json")
	if err != nil {
		t.Fatal(err)
	}
	var got snapshot
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.Name != "cut-1" || got.Bits != 6 || got.Successors != 3 || got.Replicas != 2 || len(got.Peers) != 10 || len(got.Keys) != 3 ||
		len(got.Faults) != 1 || got.Faults[0] != (linkPayload{"N8", "N14"}) || !got.Peers[8].Frozen {
		t.Errorf("%s", text)
	}
	run := NewRunner(NewVirtual())
	run.Run(t.Context(), mustParse(t, "join N1\nsnapshot played"), nil)
	do(t, run, "expect changed played = none") // typed after a scenario
	n8, k54 := got.Peers[1], got.Keys[2]
	if n8.Name != "N8" || n8.Predecessor != "N1" || strings.Join(n8.Successors, " ") != "N14 N21 N32" ||
		strings.Join(n8.Fingers, " ") != "N14 N14 N14 N21 N32 N42" || n8.State != "member" {
		t.Errorf("N8: %+v", n8)
	}
	if k54.Key != "K54" || k54.Size != 5 || strings.Join(k54.Holders, " ") != "N56 N1" {
		t.Errorf("K54: %+v", k54)
	}
	r.SnapshotDir = dir + "/none"
	if _, err := r.Do(t.Context(), "snapshot x"); err == nil || !strings.HasPrefix(err.Error(), "the snapshot cannot be written: ") {
		t.Errorf("a folder that is not there: %v", err)
	}
}
