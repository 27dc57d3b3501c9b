package scenarios

import "testing"

// What Quote writes, a line has again as it was.
func TestQuote(t *testing.T) {
	for _, text := range []string{"", "red", `a "b" \ c\\`, "é – 環", "no\u00a0break", "a\tb", "# -> |"} {
		toks, _, wrong := lex("put K1 " + Quote(text))
		if wrong != "" || len(toks) != 4 || toks[2].kind != quoted || toks[2].text != text {
			t.Errorf("%q is read as %+v %s", text, toks, wrong)
		}
	}
}
