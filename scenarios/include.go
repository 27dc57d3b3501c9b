package scenarios

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"chordscope/node/observe"
)

// Bounds of what files may include.
const (
	maxDepth    = 16      // files that include each other
	maxIncludes = 1000    // include lines carried out in one scenario
	maxLines    = 100_000 // lines with a command, all files together
)

// source is a file that is being read.
type source struct {
	name    string // as messages call it
	shipped bool   // from the binary: it includes only what is there, too
	by      *source
}

// reader reads a scenario with all that it includes.
type reader struct {
	scope    scope
	errs     Errors
	includes int
	lines    int
	order    int  // lines read so far, also without a command
	full     bool // a bound was passed, and told
}

// file reads one file and returns its lines.
func (rd *reader) file(from *source, src []byte) []Line {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	switch {
	case len(src) > maxFile:
		rd.errs = append(rd.errs, &Error{File: from.name, Line: 1, Column: 1, order: rd.order,
			Message: "the file is larger than 1 MiB, the most a scenario may have"})
		return nil
	case !utf8.Valid(src):
		e := notText(from.name, src)
		e.order = rd.order
		rd.errs = append(rd.errs, e)
		return nil
	}
	var lines []Line
	number := 0
	for text := range bytes.Lines(src) {
		number++
		rd.order++
		p := &parser{
			scope: &rd.scope, file: from.name, number: number, order: rd.order, source: string(bytes.TrimRight(text, "\r\n")),
		}
		p.include = func(t token) []Line { return rd.include(from, p, t) }
		l, ok := p.line()
		rd.errs = append(rd.errs, p.errs...)
		if ok && !rd.full {
			if rd.lines++; rd.lines > maxLines {
				rd.full = true
				rd.errs = append(rd.errs, p.errorAt(p.toks[0], fmt.Sprintf("expected at most %d commands, with all that is included", maxLines)))
			}
			lines = append(append(lines, l), p.included...)
		}
	}
	return lines
}

// include reads the file that a line names. What is wrong with the file is told
// under its own name.
func (rd *reader) include(from *source, p *parser, t token) []Line {
	rd.includes++
	switch {
	case rd.full:
		return nil
	case rd.includes > maxIncludes:
		rd.full = true
		p.errorf(t, "expected at most %d files to be included", maxIncludes)
		return nil
	}
	file, src, err := open(from, t.text)
	if err != nil {
		p.errorf(t, "%v", err)
		return nil
	}
	depth := 0
	for s := from; s != nil; s = s.by {
		depth++
		if s.name == file.name && s.shipped == file.shipped {
			p.errorf(t, "%s includes itself: %s", file.name, chain(from, file.name))
			return nil
		}
	}
	if depth >= maxDepth {
		p.errorf(t, "expected at most %d files that include each other: %s", maxDepth, chain(from, file.name))
		return nil
	}
	file.by = from
	return slices.DeleteFunc(rd.file(file, src), func(l Line) bool { return l.Command == "title" })
}

// chain writes who includes whom, the first few of many.
func chain(from *source, last string) string {
	names := []string{last}
	for s := from; s != nil; s = s.by {
		names = append(names, s.name)
		if s.name == last {
			break
		}
	}
	slices.Reverse(names)
	if len(names) > 6 {
		names = append(append(names[:3:3], "..."), names[len(names)-2:]...)
	}
	return strings.Join(names, " -> ")
}

// open finds a file beside the one that names it, or a shipped scenario.
func open(from *source, name string) (*source, []byte, error) {
	bare := strings.TrimSuffix(name, extension)
	isShipped := slices.Contains(shipped, bare)
	if !from.shipped && !(isShipped && name == bare) {
		beside := name
		if !filepath.IsAbs(name) {
			beside = filepath.Join(filepath.Dir(from.name), name)
		}
		src, err := readRegular(beside)
		switch {
		case err == nil:
			return &source{name: beside}, src, nil
		case !errors.Is(err, fs.ErrNotExist):
			return nil, nil, err
		}
	}
	if isShipped {
		src, err := files.ReadFile(path.Base(bare) + extension)
		return &source{name: bare + extension, shipped: true}, src, err
	}
	return nil, nil, fmt.Errorf("there is no file %s here, and no shipped scenario of that name%s", name, suggest(bare, shipped))
}

// readRegular refuses what is no file, such as a pipe, which might never end.
func readRegular(name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file", name)
	}
	return readFile(name)
}

// parseInclude reads another file in place of the line. A scenario that is
// already parsed has its lines; one typed by a person runs them.
func parseInclude(p *parser) action {
	t := p.next()
	if t.kind != word && t.kind != quoted || t.text == "" {
		p.errorf(t, "expected a file or a shipped scenario, found %s", t.found())
	}
	p.end()
	if !p.lost {
		p.included = p.include(t)
	}
	lines := p.included
	told := fmt.Sprintf("%s of %s", observe.Plural(len(lines), "command"), t.text)
	if !p.typed {
		return func(context.Context, *Runner) (Result, error) { return Result{Text: told}, nil }
	}
	return func(ctx context.Context, r *Runner) (Result, error) {
		for _, l := range lines {
			res, err := r.act(ctx, l)
			if err != nil {
				return Result{}, fmt.Errorf("%s:%d: %w", l.File, l.Number, err)
			}
			if res.Failed {
				res.Text = fmt.Sprintf("%s:%d: %s: %s", l.File, l.Number, l.Text, res.Text)
				return res, nil
			}
		}
		return Result{Text: told + " carried out"}, nil
	}
}
