package cli

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"chordscope/tui/draw"
)

// withSettings makes text the user's settings.
func withSettings(t *testing.T, text string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	if err := os.Mkdir(filepath.Join(dir, "chordscope"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "chordscope", "settings.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A Linux console's font has no braille.
func TestSettings_CanvasByTerminal(t *testing.T) {
	for term, want := range map[string]draw.Kind{"linux": draw.ASCII, "xterm-256color": draw.Braille, "": draw.Braille} {
		t.Setenv("TERM", term)
		if got, err := canvas("auto"); got != want || err != nil {
			t.Errorf("TERM=%s: %v, %v", term, got, err)
		}
	}
	if got, err := canvas("block"); got != draw.Block || err != nil {
		t.Errorf("block: %v, %v", got, err)
	}
}

func TestSettings_FlagsWin(t *testing.T) {
	withSettings(t, "# for the classroom\ntheme = \"light\"\ncanvas = 'ascii'\ncell-aspect = 2.25\nprojector = true\nmotion = false\n")
	for _, tc := range []struct {
		args []string
		want lookFlags
	}{
		{[]string{"screen"}, lookFlags{"light", "ascii", 2.25, true, false}},
		{[]string{"attach", "127.0.0.1:7000"}, lookFlags{"light", "ascii", 2.25, true, false}},
		{
			[]string{"play", "crash", "--theme=dark", "--canvas=block", "--cell-aspect=1.5", "--no-projector", "--motion"},
			lookFlags{"dark", "block", 1.5, false, true},
		},
	} {
		var c cli
		parser, err := kong.New(&c, kong.Writers(io.Discard, io.Discard), kong.Bind(&call{}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(tc.args); err != nil {
			t.Errorf("%v: %v", tc.args, err)
		}
		got := map[string]lookFlags{"screen": c.Screen.lookFlags, "attach": c.Attach.lookFlags, "play": c.Play.lookFlags}[tc.args[0]]
		if got != tc.want {
			t.Errorf("%v: %+v, want %+v", tc.args, got, tc.want)
		}
	}
}

func TestSettings_Mistakes(t *testing.T) {
	for text, want := range map[string]string{
		"theme = \"drak\"":                    `settings.toml:1: theme: there is no theme "drak": use one of auto, dark, light, high-contrast, mono`,
		"\n# mine\ncolour = 1\n":              `settings.toml:3: there is no setting "colour": use canvas, cell-aspect, motion, projector, theme`,
		"theme = \"dark\"\nmotion = \"no\"":   `settings.toml:2: motion: true or false, not "no"`,
		"cell-aspect = 9":                     `settings.toml:1: cell-aspect: a cell is 0.5 to 4 times as high as wide, not 9`,
		"cell-aspect = nan":                   `settings.toml:1: cell-aspect: `,
		"canvas = [\"ascii\"]":                `settings.toml:1: canvas has no value`,
		"[look]\ntheme = \"dark\"":            `settings.toml:1: settings have no sections`,
		"look.theme = \"dark\"":               `settings.toml:1: settings have no sections`,
		"theme = \"dark\"\ntheme = \"light\"": `settings.toml:2: theme stands there twice`,
		"\n\ntheme = \"dark":                  `settings.toml:3: basic string not terminated`,
	} {
		withSettings(t, text)
		if got := chordscope(t, "", "screen"); got.status != 2 || !strings.Contains(got.stderr, want) {
			t.Errorf("%q: %+v, want %s", text, got, want)
		}
		if got := chordscope(t, "", "list"); got.status != 0 { // it draws nothing
			t.Errorf("list with %q: %+v", text, got)
		}
	}
}

func TestLookFlags(t *testing.T) {
	withSettings(t, "")
	for flag, want := range map[string]string{
		"--theme=foo":         `--theme: there is no theme "foo"`,
		"--canvas=foo":        `--canvas: nothing is drawn with "foo": use braille, block or ascii`,
		"--cell-aspect=0.1":   "--cell-aspect: a cell is 0.5 to 4 times as high as wide, not 0.1",
		"--cell-aspect=round": "--cell-aspect",
	} {
		if got := chordscope(t, "", flag); got.status != 2 || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: %+v, want %s", flag, got, want)
		}
	}
}
