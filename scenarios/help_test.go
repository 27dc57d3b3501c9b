package scenarios

import (
	"strings"
	"testing"
)

// Every entry of the tables is complete, its example is read as what it is,
// and the help text has it.
func TestHelpIsComplete(t *testing.T) {
	text := Help()
	check := func(name, usage, help, example, line string) {
		t.Helper()
		if !strings.Contains(text, "  "+usage+"\n      "+help+"\n") {
			t.Errorf("the help does not have %s", name)
		}
		if !strings.HasSuffix(help, ".") {
			t.Errorf("%s: the help is no sentence: %s", name, help)
		}
		if _, err := Parse("example", []byte("set bits=6\n"+line)); err != nil {
			t.Errorf("the example of %s: %v", name, err)
		}
		if !strings.Contains(example, strings.TrimPrefix(name, ".")) {
			t.Errorf("the example of %s is another's: %s", name, example)
		}
	}
	for _, c := range commands {
		check(c.name, c.usage, c.help, c.example, c.example)
	}
	for _, c := range conditions {
		check(c.name, c.usage, c.help, c.example, "snapshot before\nget K54 from N8\nexpect "+c.example)
	}
	for _, s := range settings {
		if !strings.Contains(text, s.name) || !strings.Contains(text, s.values) {
			t.Errorf("the help does not have %s", s.name)
		}
	}
	for line := range strings.Lines(text) {
		if strings.TrimRight(line, " \n") != strings.TrimSuffix(line, "\n") {
			t.Errorf("space at the end of %q", line)
		}
	}
}
