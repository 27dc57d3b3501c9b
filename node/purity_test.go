package node_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"
)

// pure are the folders whose outcome follows from their arguments alone: the
// arithmetic, the protocol's core, and the virtual driver, which replays any
// run from its seed. Imports cannot show this, since durations and seeded
// generators come from the same packages as the clock and the global source.
var pure = []string{"node/ring", "node/store", "node/chord", "node/truth", "node/sim"}

// clock are the names of package time that read or wait for the real clock.
var clock = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}

// seeded are the names of math/rand and math/rand/v2 that do not draw from the
// global source.
var seeded = []string{"New", "NewSource", "NewPCG", "NewChaCha8", "NewZipf", "Rand", "Source", "Source64", "PCG", "ChaCha8", "Zipf"}

// impurities lists the places where a file reads the clock, draws from the
// global random source or starts a goroutine.
func impurities(f *ast.File) []string {
	names := map[string]string{} // of an imported package in this file, to its path
	for _, spec := range f.Imports {
		imported := strings.Trim(spec.Path.Value, `"`)
		switch {
		case spec.Name != nil:
			names[spec.Name.Name] = imported
		case imported == "math/rand/v2":
			names["rand"] = imported
		default:
			names[path.Base(imported)] = imported
		}
	}
	var found []string
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = append(found, "starts a goroutine: its order would be the scheduler's")
		case *ast.SelectorExpr:
			pkg, ok := n.X.(*ast.Ident)
			if !ok {
				break
			}
			switch imported := names[pkg.Name]; {
			case imported == "time" && slices.Contains(clock, n.Sel.Name):
				found = append(found, fmt.Sprintf("uses time.%s: time is an argument here", n.Sel.Name))
			case strings.HasPrefix(imported, "math/rand") && !slices.Contains(seeded, n.Sel.Name):
				found = append(found, fmt.Sprintf("uses rand.%s: randomness comes from the seed here", n.Sel.Name))
			}
		}
		return true
	})
	return found
}

func TestPureFolders(t *testing.T) {
	seen := map[string]bool{}
	eachSource(t, 0, func(file string, f *ast.File) {
		folder := path.Dir(file)
		if !slices.Contains(pure, folder) {
			return
		}
		seen[folder] = true
		for _, what := range impurities(f) {
			t.Errorf("%s %s", file, what)
		}
	})
	for _, folder := range pure {
		if !seen[folder] {
			t.Errorf("%s holds no source any more: name its new place", folder)
		}
	}
}

func TestImpurities(t *testing.T) {
	for _, tc := range []struct {
		name, source string
		found        int
	}{
		{"durations and seeded sources", `
			import ("math/rand/v2"; "time")
			var r = rand.New(rand.NewPCG(1, 2))
			func f(now time.Time) time.Time { return now.Add(time.Duration(r.IntN(9)) * time.Second) }`, 0},
		{"clock", `import "time"; var start, took = time.Now(), time.Since`, 2},
		{"clock under another name", `import t "time"; var start = t.Now()`, 1},
		{"waiting", `import "time"; func f() { time.Sleep(1); <-time.After(1) }`, 2},
		{"global source", `import "math/rand/v2"; var n = rand.IntN(9)`, 1},
		{"global source, first version", `import "math/rand"; var n = rand.Intn(9)`, 1},
		{"goroutine", `func f() { go f() }`, 1},
		{"another's Now", `type host struct{}; func (host) Now() {}; func f(time host) { time.Now() }`, 0},
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "", "package p; "+tc.source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		if found := impurities(f); len(found) != tc.found {
			t.Errorf("%s: found %q, want %d", tc.name, found, tc.found)
		}
	}
}
