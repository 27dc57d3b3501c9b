package codec

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"
)

// constants counts the constants of each type that package chord declares in
// iota blocks, so that one added there and forgotten here fails a test.
func constants(t *testing.T) map[string]int {
	t.Helper()
	files, err := filepath.Glob("../chord/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source of package chord: %v", err)
	}
	count := make(map[string]int)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.CONST {
				continue
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
		}
	}
	return count
}

func TestEveryConstantHasItsWireValue(t *testing.T) {
	count := constants(t)
	check(t, count["Status"], statuses, false)
	check(t, count["Code"], codes, true)
	check(t, count["RuleKind"]+1, ruleKinds, true) // and none
	check(t, count["Failure"], failures, true)
	check(t, count["Task"], tasks, false)
	check(t, count["EventKind"], eventKinds, true)
	check(t, count["Cause"], causes, true)
}

// check: the first n values of the core, and no more, have different values on
// the wire, of which only the core's zero may be the wire's.
func check[G, P ~uint8 | ~int32](t *testing.T, n int, e enum[G, P], zero bool) {
	t.Helper()
	if n != len(e) || n < 4 {
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
