package quiz_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"chordscope/node/ring"
	"chordscope/scenarios"
	"chordscope/scenarios/quiz"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newQuiz(t *testing.T, o quiz.Options) *quiz.Quiz {
	t.Helper()
	sys := scenarios.NewVirtual()
	t.Cleanup(func() { sys.Close() })
	q, err := quiz.New(t.Context(), sys, o)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// usual is what the command line makes where nothing is said.
var usual = quiz.Options{Bits: 6, Peers: 10, Keys: 8, Questions: 7, Seed: 1}

// Every kind of question, on rings of several sizes, has an answer that its own
// check takes, in the way people write it, and a reason.
func TestQuiz_AnswersAreRight(t *testing.T) {
	for _, o := range []quiz.Options{
		usual,
		{Bits: 4, Peers: 3, Keys: 1, Questions: 7, Seed: 2},
		{Bits: 8, Peers: 16, Keys: 12, Questions: 14, Seed: 3, ZeroBased: true},
		{Bits: 16, Peers: 32, Keys: 64, Questions: 7, Seed: 4},
	} {
		q := newQuiz(t, o)
		for range o.Questions {
			question, err := q.Next(t.Context())
			if err != nil {
				t.Fatalf("%+v: %v", o, err)
			}
			for _, text := range []string{question.Right(), strings.ToLower(question.Right()), strings.NewReplacer("N", "", "K", "", " ", ", ").Replace(question.Right())} {
				if right, err := question.Check(text); err != nil || !right {
					t.Errorf("%s: %q is %v (%v), want right: %s", question.Text, text, right, err, question.Right())
				}
			}
			if len(question.Why) == 0 {
				t.Errorf("%s: no reason", question.Text)
			}
		}
	}
}

// The answers that can be worked out from the identifiers alone are what the
// paper's definitions give.
func TestQuiz_AgreesWithTheDefinitions(t *testing.T) {
	o := usual
	o.Questions = 35
	q := newQuiz(t, o)
	space := ring.MustSpace(o.Bits)
	var ids []ring.ID
	for _, p := range q.Peers {
		id, _ := space.Parse(p[1:])
		ids = append(ids, id)
	}
	owner := func(key ring.ID) string {
		for ; ; key = space.Add(key, ring.FromUint64(1)) { // walk on until somebody stands there
			if slices.Contains(ids, key) {
				return "N" + space.Format(key)
			}
		}
	}
	checked := 0
	for range o.Questions {
		question, err := q.Next(t.Context())
		if errors.Is(err, quiz.ErrNoMore) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		var n, k uint64
		var want []string
		if c, _ := fmt.Sscanf(question.Text, "Which peer owns K%d?", &k); c == 1 {
			want = []string{owner(ring.FromUint64(k))}
		} else if c, _ := fmt.Sscanf(question.Text, "What is in the finger table of N%d?", &n); c == 1 {
			for i := 1; i <= o.Bits; i++ {
				want = append(want, owner(space.FingerStart(ring.FromUint64(n), i)))
			}
		} else {
			continue
		}
		checked++
		if got := question.Right(); got != strings.Join(want, " ") {
			t.Errorf("%s %s, want %v", question.Text, got, want)
		}
	}
	if checked < 6 {
		t.Errorf("only %d questions could be checked", checked)
	}
}

func TestQuiz_SameSeedSameQuiz(t *testing.T) {
	sheet := func(seed uint64) string {
		o := usual
		o.Seed = seed
		var qs, ss, svg bytes.Buffer
		if err := newQuiz(t, o).Sheet(t.Context(), &qs, &ss, &svg, "ring.svg"); err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(svg.Bytes(), new(struct{})); err != nil {
			t.Errorf("the picture: %v", err)
		}
		if n := strings.Count(qs.String(), "?"); n < o.Questions || strings.Contains(qs.String(), "owns it") {
			t.Errorf("the sheet of questions:\n%s", qs.String())
		}
		return qs.String() + ss.String()
	}
	a := sheet(5)
	if a != sheet(5) {
		t.Error("two sheets of one seed differ")
	}
	if a == sheet(6) {
		t.Error("the sheets of two seeds are the same")
	}
}

// Ask takes right, wrong and unreadable answers for what they are.
func TestQuiz_Ask(t *testing.T) {
	var right []string
	q := newQuiz(t, usual)
	for range 3 {
		question, err := q.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		right = append(right, question.Right())
	}
	in := strings.Join([]string{right[0], "what?", right[1], "N64", "quit"}, "\n") + "\n"
	var out strings.Builder
	score, err := newQuiz(t, usual).Ask(t.Context(), strings.NewReader(in), &out)
	if err != nil || score != (quiz.Score{Asked: 3, Right: 2}) {
		t.Errorf("score %+v, %v\n%s", score, err, out.String())
	}
	for _, want := range []string{"Right: " + right[0], `"what?" is not an answer here`, "No. The answer: " + right[2]} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in:\n%s", want, out.String())
		}
	}
}

// Input without end that is no answer comes to an end.
func TestQuiz_AskTakesSoManyTries(t *testing.T) {
	o := usual
	o.Questions = 2
	in := strings.NewReader(strings.Repeat("what?\n", 1000))
	score, err := newQuiz(t, o).Ask(t.Context(), in, io.Discard)
	if err != nil || score != (quiz.Score{Asked: 2}) {
		t.Errorf("score %+v, %v", score, err)
	}
}

func TestQuiz_AskEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	in, end := io.Pipe()
	defer end.Close()
	q := newQuiz(t, usual)
	out := cancelling{cancel}
	if _, err := q.Ask(ctx, in, out); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// cancelling ends the context with the first prompt.
type cancelling struct{ cancel func() }

func (c cancelling) Write(p []byte) (int, error) {
	if string(p) == "> " {
		c.cancel()
	}
	return len(p), nil
}

// What is wrong with an answer of several names is told apart from what is right.
func TestQuestion_Mistakes(t *testing.T) {
	q := newQuiz(t, usual)
	seen := make(map[string]bool)
	for range 14 {
		question, err := q.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := question.Mistakes(question.Right()); got != "" {
			t.Errorf("%s: mistakes of the right answer: %s", question.Text, got)
		}
		var text, want string
		switch a := question.Answer; {
		case strings.HasPrefix(question.Text, "What is in the finger table"):
			text, want = strings.Join(a[:len(a)-1], " ")+" 64", fmt.Sprintf("The first mistake is N64 in place %d.", len(a))
		case strings.HasPrefix(question.Text, "Which peers keep"):
			text, want = a[0]+" N64", "Your answer: "+a[1]+" missing, N64 too many."
		case strings.HasSuffix(question.Text, "have changed?") && len(a) > 0:
			text, want = "none", "Your answer: "+strings.Join(slices.Sorted(slices.Values(a)), " ")+" missing."
		default:
			continue
		}
		seen[want[:8]] = true
		if got := question.Mistakes(text); got != want {
			t.Errorf("%s %s: %q, want %q", question.Text, text, got, want)
		}
	}
	if len(seen) < 2 {
		t.Errorf("only %v were tried", seen)
	}
}

func TestOptions_Validate(t *testing.T) {
	o := quiz.Options{Bits: 3, Peers: 33, Keys: 0, Questions: 101}
	err := o.Validate()
	for _, want := range []string{"--bits=3: 4 to 16", "--peers=33: 3 to 8", "--keys=0: 1 to 8", "--questions=101: 1 to 100"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	if err := usual.Validate(); err != nil {
		t.Error(err)
	}
}
