package scenarios

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// grammar is what a test needs of the TextMate grammar.
type grammar struct {
	ScopeName  string
	Patterns   []grammarRule
	Repository map[string]struct{ Patterns []grammarRule }
}

type grammarRule struct {
	Match, Name string
	Captures    map[string]struct{ Name string }
}

// The editors' grammar knows every word of the tables.
func TestGrammar(t *testing.T) {
	text, err := os.ReadFile("chord.tmLanguage.json")
	if err != nil {
		t.Fatal(err)
	}
	var g grammar
	if err := json.Unmarshal(text, &g); err != nil || g.ScopeName != "source.chord" {
		t.Fatal(err)
	}
	// Go has no look-ahead; what stands after a word does not matter here.
	ahead := regexp.MustCompile(`\(\?=([^()]|\([^()]*\))*\)`)
	known := func(word string, rules []grammarRule, scope string) bool {
		return slices.ContainsFunc(rules, func(r grammarRule) bool {
			named := strings.Contains(r.Name, scope)
			for _, c := range r.Captures {
				named = named || strings.Contains(c.Name, scope)
			}
			if !named || r.Match == "" {
				return false
			}
			found := regexp.MustCompile(ahead.ReplaceAllString(r.Match, "")).FindString(word)
			return found == word
		})
	}
	rest := g.Repository["rest"].Patterns
	for _, c := range commands {
		if !known(c.name, g.Patterns, "keyword.") {
			t.Errorf("the grammar does not know the command %s", c.name)
		}
	}
	for _, c := range conditions {
		switch field, isField := strings.CutPrefix(c.name, "."); {
		case isField && !known("N8."+field, rest, "property.chord"):
			t.Errorf("the grammar does not know the field %s", field)
		case !isField && !known(c.name, rest, "condition") && !known(c.name, rest, "operator.word"):
			t.Errorf("the grammar does not know the condition %s", c.name)
		}
	}
	for _, s := range settings {
		if !known(s.name, rest, "property-name") {
			t.Errorf("the grammar does not know the setting %s", s.name)
		}
	}
	for _, word := range []string{"random", "any", "all", "owner", "successor"} {
		if !known(word, rest, "selector") {
			t.Errorf("the grammar does not know %s", word)
		}
	}
	if known("jion", g.Patterns, "keyword.") || !known("jion", g.Patterns, "invalid") {
		t.Error("an unknown command is not marked")
	}
}
