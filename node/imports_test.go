package node_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// This file proves what ARCHITECTURE.md says about the folders: imports only
// go down, and some packages keep away from sockets, clocks and the screen.
// It reads every file of every platform, and only what ships: a test may use
// whatever helps to test.

const module = "chordscope"

// root is the top of the module, seen from this folder.
const root = ".."

// layers are the packages, lowest first; "." is the command itself. A package
// may import those that stand before it. A folder that is not named here
// belongs to the nearest named one above it.
var layers = []string{
	"node/ring", // arithmetic alone, so that even the wire may use it
	"node/store",
	"proto",
	"proto/wire",
	"registry",
	"node/chord",
	"node/truth",
	"node/codec",
	"node/client",
	"node/sim",
	"node/observe",
	"node/client/command",
	"node",
	"node/cluster",
	"scenarios",
	"scenarios/experiment",
	"tui",
	"tui/cli",
	".",
}

// rules narrow what single layers may import.
var rules = []struct {
	layers []string // whom the rule binds; empty: all that exempt does not name
	exempt []string
	// only lists the packages of this module that are allowed; nil: all below.
	only []string
	// forbid lists import paths that are not, with everything beneath them.
	forbid []string
	why    string
}{
	{
		layers: []string{"node/ring"},
		only:   []string{},
		why:    "identifiers are plain arithmetic, which everything else stands on",
	},
	{
		layers: []string{"node/store"},
		only:   []string{"node/ring"},
		why:    "what a peer holds is plain data in the order of the circle",
	},
	{
		layers: []string{"node/chord"},
		only:   []string{"node/ring", "node/store", "proto"},
		why:    "the protocol's core knows identifiers and messages; drivers, wire and registry know the core",
	},
	{
		layers: []string{"node/ring", "node/store", "node/chord", "node/truth"},
		forbid: []string{"net", "os", "log", "crypto/rand"},
		why:    "the core is pure: what happens comes in as an argument, what to do goes out as a value, so that both drivers behave alike",
	},
	{
		exempt: []string{"node/truth", "node/observe", "scenarios/experiment"},
		forbid: []string{module + "/node/truth"},
		why:    "truth is for who looks on, to draw it beside belief or to measure it; no peer and no command acts on it",
	},
	{
		layers: []string{"tui"},
		only:   []string{"scenarios", "node/observe", "node/ring"},
		why:    "the screen has no back door: it knows only what peers say over the wire, and acts only by scenario commands",
	},
	{
		exempt: []string{"tui", "tui/cli", "."},
		forbid: []string{"charm.land", "github.com/charmbracelet"},
		why:    "only the screen and the command know Bubble Tea, so that all else runs headless",
	},
}

// layerOf returns the layer of a folder, and its rank in layers.
func layerOf(folder string) (layer string, rank int, err error) {
	for f := folder; f != "." || folder == "."; f = path.Dir(f) {
		if rank := slices.Index(layers, f); rank >= 0 {
			return f, rank, nil
		}
	}
	return "", 0, fmt.Errorf("folder %s belongs to no layer: put it under one, or give it a place in the list", folder)
}

// checkImport says why a file in folder must not import the path, or nil.
func checkImport(folder, imported string) error {
	layer, rank, err := layerOf(folder)
	if err != nil {
		return err
	}
	target := ""
	if inside(imported, module) {
		var targetRank int
		target, targetRank, err = layerOf(path.Clean(strings.TrimPrefix(strings.TrimPrefix(imported, module), "/")))
		if err != nil {
			return err
		}
		if targetRank > rank {
			return fmt.Errorf("%s must not import %s: imports only go down, and %s stands above %s", folder, imported, target, layer)
		}
	}
	for _, r := range rules {
		if slices.Contains(r.exempt, layer) || len(r.layers) > 0 && !slices.Contains(r.layers, layer) {
			continue
		}
		refused := slices.ContainsFunc(r.forbid, func(f string) bool { return inside(imported, f) })
		if r.only != nil && target != "" && target != layer && !slices.Contains(r.only, target) {
			refused = true
		}
		if refused {
			return fmt.Errorf("%s must not import %s: %s", folder, imported, r.why)
		}
	}
	return nil
}

// inside reports whether importPath is root or lies beneath it.
func inside(importPath, root string) bool {
	return importPath == root || strings.HasPrefix(importPath, root+"/")
}

func TestImportsGoDown(t *testing.T) {
	eachSource(t, parser.ImportsOnly, func(file string, f *ast.File) {
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if err := checkImport(path.Dir(file), imported); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	})
}

// The rules are worth what they catch.
func TestImportRules(t *testing.T) {
	for _, tc := range []struct {
		folder, imports string
		ok              bool
	}{
		{"node", "net", true},
		{"node", "chordscope/node/chord", true},
		{"node/chord", "chordscope/node", false},
		{"node/chord", "chordscope/node/ring", true},
		{"node/chord", "chordscope/proto", true},
		{"node/chord", "chordscope/node/store", true},
		{"node/store", "chordscope/node/chord", false},
		{"node/store", "time", true},
		{"node/store", "os", false},
		{"node/client", "chordscope/node", false},
		{"node/client", "chordscope/node/codec", true},
		{"node/chord", "chordscope/proto/wire", false},
		{"node/chord", "chordscope/registry", false},
		{"node/chord", "net/netip", false},
		{"node/chord", "log/slog", false},
		{"node/ring", "os", false},
		{"node/ring", "chordscope/proto", false},
		{"node/sim", "chordscope/node/observe", false},
		{"node", "chordscope/node/truth", false},
		{"node/observe", "chordscope/node/truth", true},
		{"proto/internal/anything", "chordscope/proto/wire", false},
		{"scenarios", "chordscope/tui", false},
		{"scenarios/experiment", "chordscope/scenarios", true},
		{"scenarios", "charm.land/lipgloss/v2", false},
		{"tui", "charm.land/lipgloss/v2", true},
		{"tui", "chordscope/scenarios", true},
		{"tui", "chordscope/node/observe", true},
		{"tui", "chordscope/node", false},
		{"tui", "chordscope/node/chord", false},
		{"tui/pane", "chordscope/tui", true},
		{".", "chordscope/tui", true},
		{".", "charm.land/bubbletea/v2", true},
		{"elsewhere", "fmt", false},
		{"node", "chordscope/elsewhere", false},
		{"tui", "chordscope", false},
	} {
		if err := checkImport(tc.folder, tc.imports); (err == nil) != tc.ok {
			t.Errorf("%s imports %s: %v, want ok = %t", tc.folder, tc.imports, err, tc.ok)
		}
	}
}

// eachSource parses every source file of the module but tests and calls f with
// its slash-separated path from the root.
func eachSource(t *testing.T, mode parser.Mode, f func(file string, parsed *ast.File)) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if hidden := strings.HasPrefix(d.Name(), ".") && name != "."; hidden || d.Name() == "testdata" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, mode|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files++
		f(filepath.ToSlash(name), parsed)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Fatal("no source files found")
	}
}
