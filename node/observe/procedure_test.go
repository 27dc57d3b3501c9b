package observe

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/sim"
	"chordscope/node/store"
)

// Pseudo-code fits beside a ring of 120 columns.
func TestProceduresAreReadable(t *testing.T) {
	names := make(map[string]bool)
	for _, p := range procedures {
		if names[p.Name] || p.Source == "" || len(p.Lines) < 2 || len(p.Lines) > 12 {
			t.Errorf("%q from %q has %d lines", p.Name, p.Source, len(p.Lines))
		}
		names[p.Name] = true
		for i, l := range p.Lines {
			if n := utf8.RuneCountInString(l); n > 37 || strings.TrimSpace(l) == "" || strings.TrimRight(l, " ") != l || (i == 0) != (l[0] != ' ') {
				t.Errorf("%s, line %d: %d characters: %q", p.Name, i+1, n, l)
			}
		}
	}
	if len(names) != len(procedures) || len(names) != int(chord.ProcOriginalUpdate) {
		t.Errorf("%d names, %d procedures have a text, the core has %d", len(names), len(procedures), chord.ProcOriginalUpdate)
	}
}

// toldLines returns the numbers of the lines that the source of package chord
// tells of each procedure, by the procedure's name there.
func toldLines(t *testing.T) map[string]map[int]bool {
	t.Helper()
	told := make(map[string]map[int]bool)
	note := func(proc string, line ast.Expr) {
		if told[proc] == nil {
			told[proc] = make(map[int]bool)
		}
		if n, ok := line.(*ast.BasicLit); ok {
			v, _ := strconv.Atoi(n.Value)
			told[proc][v] = true
		}
	}
	files, err := filepath.Glob("../chord/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source of package chord: %v", err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				f, ok := n.Fun.(*ast.SelectorExpr)
				switch {
				case !ok:
				case f.Sel.Name == "lineOfJoin":
					note("ProcJoin", n.Args[0])
					note("ProcOriginalJoin", n.Args[0])
				case f.Sel.Name == "line" && fmt.Sprint(f.X) == "s": // of a search
					note("ProcFindSuccessor", n.Args[1])
				case f.Sel.Name == "line":
					note(fmt.Sprint(n.Args[0]), n.Args[1])
				}
			case *ast.FuncDecl:
				if n.Name.Name == "lineOf" { // of the rules of a search
					ast.Inspect(n, func(n ast.Node) bool {
						if r, ok := n.(*ast.ReturnStmt); ok {
							note("ProcFindSuccessor", r.Results[0])
						}
						return true
					})
				}
			}
			return true
		})
	}
	return told
}

// Every line that a peer tells has a text, and every text is told.
func TestEveryToldLineHasAText(t *testing.T) {
	told := toldLines(t)
	delete(told["ProcFindSuccessor"], 0) // its end
	byName := map[string]chord.Proc{
		"ProcJoin": chord.ProcJoin, "ProcStabilize": chord.ProcStabilize, "ProcRectify": chord.ProcRectify,
		"ProcFixFingers": chord.ProcFixFingers, "ProcCheckPredecessor": chord.ProcCheckPredecessor,
		"ProcFindSuccessor": chord.ProcFindSuccessor, "ProcClosestPreceding": chord.ProcClosestPreceding, "ProcLeave": chord.ProcLeave,
		"ProcPlacement": chord.ProcPlacement, "ProcAdopt": chord.ProcAdopt, "ProcRepair": chord.ProcRepair,
		"ProcOriginalJoin": chord.ProcOriginalJoin, "ProcOriginalStabilize": chord.ProcOriginalStabilize,
		"ProcOriginalNotify": chord.ProcOriginalNotify, "ProcOriginalFixFingers": chord.ProcOriginalFixFingers,
		"ProcOriginalCheckPredecessor": chord.ProcOriginalCheckPredecessor,
		"ProcOriginalReconcile":        chord.ProcOriginalReconcile, "ProcOriginalUpdate": chord.ProcOriginalUpdate,
	}
	if len(byName) != len(procedures) {
		t.Errorf("%d procedures have a text, %d are tested", len(procedures), len(byName))
	}
	delete(told, "proc") // the helper itself
	for name, lines := range told {
		p := procedures[byName[name]]
		if p == nil {
			t.Errorf("%s has no text", name)
			continue
		}
		for n := range lines {
			if n < 1 || n > len(p.Lines) {
				t.Errorf("%s, line %d has no text", name, n)
			}
		}
		for i := range p.Lines {
			if !lines[i+1] {
				t.Errorf("%s, line %d is never told: %q", name, i+1, p.Lines[i])
			}
		}
	}
}

// traced is a ring in virtual time whose peers are all traced, and a Store that
// hears what they tell.
type traced struct {
	*sim.Sim
	*Store
	seen map[chord.Proc]map[int]bool
}

func newTraced(t *testing.T, original bool, ids ...uint64) *traced {
	cfg := sim.Default(ring.MustSpace(6), 1)
	cfg.Peer = func(c *chord.Config) { c.Original, c.Successors, c.Replicas = original, 3, 2 }
	w := &traced{Sim: sim.New(cfg), seen: make(map[chord.Proc]map[int]bool)}
	w.Store = NewStore(Config{Space: cfg.Space, Successors: 3, Replicas: 2, Clock: w.Sim.Now})
	w.OnEffects = func(h *sim.Host, fx *chord.Effects) {
		snap := h.Peer.Snapshot()
		u := Update{Self: h.Ref, Snapshot: &snap}
		for _, e := range fx.Events {
			u.Events = append(u.Events, e)
			if e.Kind == chord.EvLine && e.Line > 0 {
				if w.seen[e.Proc] == nil {
					w.seen[e.Proc] = make(map[int]bool)
				}
				w.seen[e.Proc][e.Line] = true
				step := &procedures[e.Proc].steps[e.Line-1]
				say := words{namer: w.namer(), Event: &e, self: h.Ref.ID}
				for _, v := range append(step.values(say), Value{"why", step.because(say)}) {
					if v.Text != strings.TrimSpace(v.Text) || strings.Contains(v.Text, "  ") || strings.HasSuffix(v.Text, ", ") || v.Text == "" && v.Name != "why" {
						t.Errorf("%s, line %d: %s = %q", procedures[e.Proc].Name, e.Line, v.Name, v.Text)
					}
				}
			}
		}
		w.Apply(u)
		if fx.Left {
			w.Gone(h.Ref, StateLeft)
		}
	}
	for _, id := range ids {
		w.enter(id)
	}
	return w
}

// enter lets a peer join through the first one.
func (w *traced) enter(id uint64) *sim.Host {
	h := w.Start(ring.FromUint64(id))
	w.Do(h, chord.Trace{On: true})
	if first := w.Hosts()[0]; first == h {
		w.Do(h, chord.Create{})
	} else {
		w.Do(h, chord.Join{Seeds: []chord.Ref{first.Ref}})
	}
	w.RunFor(5 * time.Second)
	return h
}

// rest lets everything that is under way come to its end.
func (w *traced) rest(t *testing.T) {
	t.Helper()
	for _, h := range w.Hosts() {
		w.Do(h, chord.Pause{})
	}
	w.RunFor(time.Minute)
	for id, r := range w.runs.open {
		t.Errorf("%s at %s is not over: %+v", r.Procedure.Name, id.peer.Addr, r.Lines)
	}
}

// In whatever happens to a ring, every run ends.
func TestEveryRunEnds(t *testing.T) {
	for _, original := range []bool{false, true} {
		w := newTraced(t, original, 1, 8, 14, 21, 32, 38, 42, 48, 51, 56)
		hosts := w.Hosts()
		for i := range uint64(40) {
			w.Do(hosts[i%10], chord.Put{Token: i, Key: store.Named(ring.MustSpace(6), fmt.Sprint(i)), Value: []byte("x")})
		}
		w.RunFor(5 * time.Second)
		w.Crash(hosts[3])
		w.RunFor(5 * time.Second)
		w.Freeze(hosts[5])
		w.RunFor(5 * time.Second)
		w.Thaw(hosts[5])
		w.Crash(hosts[6])
		w.Crash(hosts[7])
		w.SetDrop(0.2)
		w.Do(hosts[1], chord.Find{Key: ring.FromUint64(40)})
		w.RunFor(20 * time.Second)
		w.SetDrop(0)
		w.enter(26)
		w.Do(hosts[8], chord.Leave{})
		w.RunFor(20 * time.Second)
		w.Do(hosts[1], chord.Trace{On: false})
		w.rest(t)
		pic := w.Picture()
		if len(pic.Runs) != keepRuns || len(pic.Traffic) != keepTraffic {
			t.Errorf("%d runs, %d messages in the picture", len(pic.Runs), len(pic.Traffic))
		}
		for proc := range procedures {
			of2003 := proc >= chord.ProcOriginalJoin
			rare := proc == chord.ProcAdopt || proc == chord.ProcPlacement || proc == chord.ProcFindSuccessor || proc == chord.ProcClosestPreceding ||
				proc == chord.ProcLeave || proc == chord.ProcRepair
			if len(w.seen[proc]) == 0 && !rare && of2003 == original {
				t.Errorf("original %v: %s never ran", original, procedures[proc].Name)
			}
		}
	}
}
