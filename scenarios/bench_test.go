package scenarios

import (
	"strings"
	"testing"
)

// longScenario is a file of 10,000 lines, near the largest that is read.
func longScenario() []byte {
	var b strings.Builder
	b.WriteString("set bits=8 successors=3 replicas=2\njoin N1\n")
	lines := []string{
		"join N8 N14 N21 via N1", `put "apple" "a red one" from successor N8`, "lookup K54 from N8 # the long way", "kill random 2",
		"wait until N8.finger[4] = N21 within 20s", "expect replicas K54 = N56 N1", `ask "Who?" = owner K54 = N56`,
		"delay N8 <-> N42 200ms jitter 50ms", "partition N1 N8 | N14 N21 | rest", `say "Text."`,
	}
	for i := range 9_998 {
		b.WriteString(lines[i%len(lines)] + "\n")
	}
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	src := longScenario()
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if _, err := Parse("long.chord", src); err != nil {
			b.Fatal(err)
		}
	}
}

// A long file in which every line is wrong has the most to do.
func BenchmarkParseMistakes(b *testing.B) {
	src := []byte(strings.Repeat("lokup K999999 form N8x\n", 10_000))
	for b.Loop() {
		if _, err := Parse("wrong.chord", src); err == nil {
			b.Fatal("no mistake")
		}
	}
}

func BenchmarkComplete(b *testing.B) {
	sys := newIdeal()
	r := NewRunner(sys)
	if _, err := r.Do(b.Context(), "join 500"); err != nil {
		b.Fatal(err)
	}
	pic, set := sys.Picture(), r.Settings()
	for b.Loop() {
		Complete("expect N1", 9, pic, set)
	}
}
