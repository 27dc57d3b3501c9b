package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/pelletier/go-toml/v2/unstable"

	"chordscope/tui"
	"chordscope/tui/draw"
)

// lookFlags say how a screen is drawn. Each may also stand in the user's
// settings under its name, and wins over what stands there.
type lookFlags struct {
	Theme      string  `default:"auto" group:"look" help:"Colours: auto (by the terminal's background), dark, light, high-contrast or mono."`
	Canvas     string  `default:"auto" group:"look" help:"Characters that the font has: braille, block or ascii; auto is braille, on a Linux console ascii."`
	CellAspect float64 `default:"0" placeholder:"H/W" group:"look" help:"How much higher than wide a cell is, 0.5 to 4; 0 asks the terminal, or else is 2."`
	Projector  bool    `negatable:"" group:"look" help:"Fewer and larger things, to be read from the back row; L on the screen."`
	Motion     bool    `default:"true" negatable:"" group:"look" help:"Lookups, keys and peers are seen moving."`
}

// settings checks the text of each setting: it says what the values are, if it
// is none of them.
var settings = map[string]func(text string) error{
	"theme":  func(text string) error { _, err := draw.NewThemeNamed(text, true); return err },
	"canvas": func(text string) error { _, err := canvas(text); return err },
	"cell-aspect": func(text string) error {
		if a, err := strconv.ParseFloat(text, 64); err != nil || a != 0 && !(a >= tui.LeastAspect && a <= tui.MostAspect) {
			return fmt.Errorf("a cell is %v to %v times as high as wide, not %s; 0 asks the terminal", tui.LeastAspect, tui.MostAspect, text)
		}
		return nil
	},
	"projector": yesOrNo,
	"motion":    yesOrNo,
}

// canvas returns the characters of a name. What auto leaves out the font of a
// Linux console has not.
func canvas(name string) (draw.Kind, error) {
	switch {
	case name != "auto":
		return draw.ParseKind(name)
	case os.Getenv("TERM") == "linux":
		return draw.ASCII, nil
	}
	return draw.Braille, nil
}

func yesOrNo(text string) error {
	if text != "true" && text != "false" {
		return fmt.Errorf("true or false, not %q", text)
	}
	return nil
}

// BeforeResolve reads the settings of whoever opens a screen.
func (*lookFlags) BeforeResolve(ctx *kong.Context) error {
	dir, err := os.UserConfigDir()
	if err != nil {
		return nil // nobody's home: there are no settings
	}
	values, err := readSettings(filepath.Join(dir, "chordscope", "settings.toml"))
	if err != nil {
		return err
	}
	ctx.AddResolver(kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		if text, ok := values[flag.Name]; ok {
			return text, nil
		}
		return nil, nil
	}))
	return nil
}

// options checks the flags and sets those of the screen.
func (f *lookFlags) options(opts *tui.Options) error {
	for name, text := range map[string]string{
		"theme": f.Theme, "canvas": f.Canvas, "cell-aspect": strconv.FormatFloat(f.CellAspect, 'g', -1, 64),
	} {
		if err := settings[name](text); err != nil {
			return fmt.Errorf("--%s: %w", name, err)
		}
	}
	opts.Theme, opts.CellAspect, opts.Projector, opts.NoMotion = f.Theme, f.CellAspect, f.Projector, !f.Motion
	opts.Canvas, _ = canvas(f.Canvas)
	return nil
}

// readSettings returns the settings of a file by their names; none if there is
// no such file.
func readSettings(file string) (map[string]string, error) {
	data, err := os.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	}
	values := make(map[string]string)
	var p unstable.Parser
	wrong := func(at []byte, format string, args ...any) error {
		return fmt.Errorf("%s:%d: %s", file, p.Shape(p.Range(at)).Start.Line, fmt.Sprintf(format, args...))
	}
	p.Reset(data)
	for p.NextExpression() {
		e := p.Expression()
		key := e.Key()
		key.Next()
		at := key.Node().Data
		name := string(at)
		if e.Kind != unstable.KeyValue || key.Next() {
			return nil, wrong(at, "settings have no sections, only lines such as theme = \"dark\"")
		}
		check, known := settings[name]
		if !known {
			return nil, wrong(at, "there is no setting %q: use %s", name, strings.Join(slices.Sorted(maps.Keys(settings)), ", "))
		}
		if _, twice := values[name]; twice {
			return nil, wrong(at, "%s stands there twice", name)
		}
		text := string(e.Value().Data) // none of lists and tables
		if text == "" {
			return nil, wrong(at, "%s has no value", name)
		}
		if err := check(text); err != nil {
			return nil, wrong(at, "%s: %v", name, err)
		}
		values[name] = text
	}
	if err := (*unstable.ParserError)(nil); errors.As(p.Error(), &err) {
		return nil, wrong(err.Highlight, "%s", err.Message)
	}
	return values, nil
}
