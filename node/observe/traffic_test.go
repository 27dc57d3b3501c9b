package observe

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/store"
)

func sent(at time.Duration, to uint64, name string, request, answer uint64) chord.Event {
	return chord.Event{Kind: chord.EvSent, At: at, Peer: ref(to), Reason: name, Request: request, Answer: answer}
}

func received(at time.Duration, from uint64, name string, request, answer uint64) chord.Event {
	return chord.Event{Kind: chord.EvReceived, At: at, Peer: ref(from), Reason: name, Request: request, Answer: answer}
}

// told writes the messages of a Picture, one a line.
func (s *scene) told() string {
	var b strings.Builder
	for _, m := range s.Picture().Traffic {
		fmt.Fprintf(&b, "%d %s->%s %s %d", m.At, m.FromName, m.ToName, m.Name, m.Call)
		if m.Answer {
			b.WriteString(" answer")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// A message that both ends tell of stands once, at the time when it was sent.
func TestTrafficIsTheSameFromBothEnds(t *testing.T) {
	for name, tell := range map[string]func(*scene){
		"asker first": func(s *scene) {
			s.tell(ref(8), sent(10, 14, "GetState", 7, 0), received(40, 14, "State", 0, 7), sent(50, 14, "Hint", 0, 0), sent(51, 14, "Hint", 0, 0))
			s.tell(ref(14), received(20, 8, "GetState", 7, 0), sent(30, 8, "State", 0, 7), received(60, 8, "Hint", 0, 0), received(61, 8, "Hint", 0, 0))
		},
		"asked first": func(s *scene) {
			s.tell(ref(14), received(20, 8, "GetState", 7, 0), sent(30, 8, "State", 0, 7), received(60, 8, "Hint", 0, 0), received(61, 8, "Hint", 0, 0))
			s.Picture()
			s.tell(ref(8), sent(10, 14, "GetState", 7, 0), received(40, 14, "State", 0, 7), sent(50, 14, "Hint", 0, 0), sent(51, 14, "Hint", 0, 0))
		},
	} {
		s := newScene(t, 6, 3)
		s.paper()
		tell(s)
		if got, want := s.told(), "10 N8->N14 GetState 7\n30 N14->N8 State 7 answer\n50 N8->N14 Hint 0\n51 N8->N14 Hint 0\n"; got != want {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// Numbers are the askers' own: the same one of another peer, or of another life,
// and one that is sent again, are other messages.
func TestTrafficThatOnlyLooksTheSame(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	s.tell(ref(8), sent(1, 14, "Ping", 7, 0), sent(2, 14, "Ping", 7, 0), sent(3, 21, "Ping", 8, 0))
	s.tell(ref(14), sent(4, 8, "Ping", 7, 0), received(5, 8, "Ping", 7, 0), received(6, 8, "Ack", 0, 7))
	if got, want := s.told(), "1 N8->N14 Ping 7\n2 N8->N14 Ping 7\n3 N8->N21 Ping 8\n4 N14->N8 Ping 7\n6 N8->N14 Ack 7 answer\n"; got != want {
		t.Errorf("\n%s", got)
	}
	s.tell(ref(21), sent(10, 8, "Hint", 0, 0))
	s.tell(ref(8), received(10+underway, 21, "Hint", 0, 0)) // too late to be the same
	if n := strings.Count(s.told(), "Hint"); n != 2 {
		t.Errorf("%d hints", n)
	}
}

// An answer never stands before its request, whatever the clocks say.
func TestAnswersFollow(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	s.tell(ref(8), sent(100, 14, "Ping", 7, 0))
	s.tell(ref(14), received(90, 8, "Ping", 7, 0), sent(91, 8, "Ack", 0, 7))
	if got, want := s.told(), "100 N8->N14 Ping 7\n101 N14->N8 Ack 7 answer\n"; got != want {
		t.Errorf("\n%s", got)
	}
}

// The latest stay, and what was forgotten is not found again.
func TestTrafficIsBounded(t *testing.T) {
	s := newScene(t, 6, 3)
	s.paper()
	for i := range uint64(10 * keepTraffic) {
		s.tell(ref(8), sent(time.Duration(i+1), 14, "Ping", i+1, 0))
		if n := len(s.traffic.list); n > 4*keepTraffic || len(s.traffic.byCall) != n {
			t.Fatalf("%d messages are kept, %d by number", n, len(s.traffic.byCall))
		}
	}
	list := s.Picture().Traffic
	if n := len(list); n != keepTraffic || list[n-1].Number != 10*keepTraffic {
		t.Errorf("%d messages, the last one %+v", n, list[n-1])
	}
}

// In a ring that is traced as a whole, every message that was sent stands once.
func TestTrafficIsComplete(t *testing.T) {
	w := newTraced(t, false, 1, 8, 14, 21, 32)
	for i := range uint64(10) {
		w.Do(w.Hosts()[1], chord.Put{Token: i, Key: store.Named(ring.MustSpace(6), fmt.Sprint(i)), Value: []byte("x")})
	}
	w.RunFor(10 * time.Second)
	w.rest(t)
	if w.traffic.number != w.Sent || w.Sent < 500 {
		t.Errorf("%d messages were told, %d were sent", w.traffic.number, w.Sent)
	}
}

// What is in a message is said, but of those with nothing in them.
func TestEveryMessageHasAGist(t *testing.T) {
	empty := map[string]bool{"Ping": true, "Ack": true, "GetState": true, "Notify": true, "Departing": true, "Refusal": true}
	file, err := filepath.Abs("../chord/message.go")
	if err != nil {
		t.Fatal(err)
	}
	src, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n, found := newNamer(ring.MustSpace(6), nil), 0
	for _, decl := range src.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv == nil || f.Name.Name != "body" {
			continue
		}
		found++
		name := fmt.Sprint(f.Recv.List[0].Type)
		if got := n.gist(&chord.Event{Reason: name}); (got == "") != empty[name] {
			t.Errorf("%s: %q", name, got)
		}
	}
	if found < 20 {
		t.Errorf("only %d messages were found", found)
	}
	range26 := ring.OpenClosed(ring.FromUint64(21), ring.FromUint64(26))
	for want, e := range map[string]chord.Event{
		"predecessor N21, successors N38 N42": {Reason: "State", Old: ref(21), Refs: refs(38, 42)},
		"predecessor nil, successors none":    {Reason: "State"},
		"K54":                                 {Reason: "NextHop", Key: ring.FromUint64(54)},
		`"apple"`:                             {Reason: "Read", Key: ring.FromUint64(54), Name: "apple"},
		"finger[6] = N42":                     {Reason: "Hop", Rule: chord.Rule{Kind: chord.RuleFinger, Index: 6, Next: ref(42)}},
		"successors[2] = N51":                 {Reason: "Hop", Rule: chord.Rule{Kind: chord.RuleList, Index: 2, Next: ref(51)}},
		"my successor N56":                    {Reason: "Hop", Rule: chord.Rule{Kind: chord.RuleSuccessor, Next: ref(56)}},
		"it is mine":                          {Reason: "Hop", Rule: chord.Rule{Kind: chord.RuleOwn}},
		"yes":                                 {Reason: "Ownership", Test: chord.TestYes, Old: ref(51)},
		"no, ask N51":                         {Reason: "Ownership", Test: chord.TestNo, Old: ref(51)},
		"N26":                                 {Reason: "Hint", Old: ref(26)},
		"(21, 26], 12 keys":                   {Reason: "Compare", Range: range26, Index: 12},
		"the same":                            {Reason: "Compared", Test: chord.TestYes},
		"1 key (repair)":                      {Reason: "Store", Index: 1, Cause: chord.CauseRepair},
	} {
		if got := n.gist(&e); got != want {
			t.Errorf("%s: %q, want %q", e.Reason, got, want)
		}
	}
}
