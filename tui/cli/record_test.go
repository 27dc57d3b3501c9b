package cli

import (
	"os"
	"strings"
	"testing"
)

// A session that somebody typed is a scenario afterwards. With 20 bits no hashed
// peer is N7.
func TestRecordFlag(t *testing.T) {
	t.Chdir(t.TempDir())
	lines := "wait until stable\njoin N7\nput K9 \"x\" from random\nkill N7\nwait until stable\n"
	got := chordscope(t, lines, "--plain", "-n", "3", "-m", "20", "--record", "session.chord")
	text, err := os.ReadFile("session.chord")
	if got.status != 0 || err != nil {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, want := range []string{"\nset bits=20\njoin N", "\njoin N7\n", "\nput K9 \"x\" from N", "\nkill N7\nwait until stable\n", "\nexpect size = 3\nexpect rings = 1\nexpect keys = 1\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, driver := range []string{"--virtual=true", "--virtual=false"} {
		if got := chordscope(t, "", "run", driver, "session.chord"); got.status != 0 {
			t.Errorf("%s: %+v\n%s", driver, got, text)
		}
	}
	if got := chordscope(t, "", "--plain", "--record", "none/x.chord"); got.status != 2 || !strings.HasPrefix(got.stderr, "chordscope: --record: open ") {
		t.Errorf("%+v", got)
	}
}
