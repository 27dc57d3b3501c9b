package codec

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// source calls f with every declaration that package chord ships.
func source(t *testing.T, f func(ast.Decl)) {
	t.Helper()
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
		for _, decl := range file.Decls {
			f(decl)
		}
	}
}

// A kind of message that is added to package chord and forgotten here would be
// sent as nothing.
func TestEveryBodyHasItsWireForm(t *testing.T) {
	var want []string
	source(t, func(decl ast.Decl) {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == "body" {
			want = append(want, "chord."+fmt.Sprint(f.Recv.List[0].Type))
		}
	})
	var got []string
	for _, body := range newRandom(1, 8).bodies() {
		got = append(got, fmt.Sprintf("%T", body))
		if Encode(body) == nil {
			t.Errorf("%T is not encoded", body)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) < 20 || !slices.Equal(got, want) {
		t.Errorf("package chord has the messages\n%v, tested here are\n%v", want, got)
	}
}

// constants counts the constants of each type that package chord declares in
// iota blocks, so that one added there and forgotten here fails a test.
func constants(t *testing.T) map[string]int {
	t.Helper()
	count := make(map[string]int)
	source(t, func(decl ast.Decl) {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			return
		}
		typ := ""
		for _, spec := range gen.Specs {
			v := spec.(*ast.ValueSpec)
			if v.Type != nil {
				typ = fmt.Sprint(v.Type)
			}
			if typ != "" && ast.IsExported(v.Names[0].Name) {
				count[typ]++
			}
		}
	})
	return count
}

func TestEveryConstantHasItsWireValue(t *testing.T) {
	count := constants(t)
	check(t, count["Status"], statuses, false)
	check(t, count["Code"], codes, true)
	check(t, count["RuleKind"]+1, ruleKinds, true) // and none
	check(t, count["Failure"], failures, true)
	check(t, count["Task"], tasks, false)
	check(t, count["Op"]+1, ops, true) // and none
	check(t, count["EventKind"], eventKinds, true)
	check(t, count["Cause"], causes, true)
	check(t, count["Proc"], procs, true)
	check(t, count["Test"], tests, true)
}

// check: the first n values of the core, and no more, have different values on
// the wire, of which only the core's zero may be the wire's.
func check[G, P ~uint8 | ~int32](t *testing.T, n int, e enum[G, P], zero bool) {
	t.Helper()
	if n != len(e) || n < 3 {
		t.Errorf("%T: the core has %d values, the table %d", e, n, len(e))
	}
	for g := range e {
		p := e.encode(G(g))
		if back, ok := e.decode(p); !ok || back != G(g) {
			t.Errorf("%T: value %d of the core becomes %d", e, g, back)
		}
		if p == 0 && !(zero && g == 0) {
			t.Errorf("%T: value %d of the core has no value on the wire", e, g)
		}
	}
	if p := e.encode(G(len(e))); p != 0 {
		t.Errorf("%T: a value beyond the table became %d", e, p)
	}
}

// A field that is added to the core and forgotten here would be lost on the
// way; the round trips notice it only if it is ever set.
func TestEveryFieldIsTested(t *testing.T) {
	set := make(map[string]bool) // by type and field
	note := func(v any) {
		value := reflect.ValueOf(v)
		for i := range value.NumField() {
			f := value.Type().Field(i)
			if name := value.Type().Name() + "." + f.Name; f.IsExported() {
				set[name] = set[name] || !value.Field(i).IsZero()
			}
		}
	}
	eachRandom(func(r random) {
		for _, body := range r.bodies() {
			note(body)
		}
		note(r.snapshot())
		note(r.event())
		note(r.lookup())
		note(r.access())
		note(r.item())
		note(r.entry())
		note(r.way())
		note(r.fixed())
	})
	for _, own := range []string{"Lookup.Token", "Access.Token"} { // the origin's own affair
		delete(set, own)
	}
	for name, ok := range set {
		if !ok {
			t.Errorf("%s is never set in a test", name)
		}
	}
	if len(set) < 80 {
		t.Errorf("only %d fields were found", len(set))
	}
}
