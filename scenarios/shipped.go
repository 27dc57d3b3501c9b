package scenarios

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
)

//go:embed *.chord
var files embed.FS

const extension = ".chord"

// Load parses the scenario at a path, or the shipped one of that name, with or
// without its ending. A path wins where both could be meant, except for a bare
// shipped name. The error wraps fs.ErrNotExist if there is neither, and is an
// Errors if the file has mistakes.
func Load(name string) (*Scenario, error) {
	bare := strings.TrimSuffix(name, extension)
	isShipped := slices.Contains(shipped, bare)
	if isShipped && name == bare {
		return loadShipped(bare)
	}
	src, err := readFile(name)
	switch {
	case err == nil:
		return Parse(name, src)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	case isShipped:
		return loadShipped(bare)
	}
	return nil, fmt.Errorf("%w: %s is no file and not one of the shipped scenarios, which chordscope list shows%s",
		fs.ErrNotExist, name, suggest(bare, shipped))
}

func loadShipped(name string) (*Scenario, error) {
	src, err := files.ReadFile(name + extension)
	if err != nil {
		return nil, err
	}
	sc, err := parse(&source{name: name + extension, shipped: true}, src)
	if err != nil {
		return nil, err
	}
	sc.Name = name
	return sc, nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f)
}

// readAll reads a little more than Parse accepts, so that Parse tells if it is
// too much, and an endless file does no harm.
func readAll(r io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, maxFile+utf8BOM+1))
}

// utf8BOM is the size of the mark that some editors put first.
const utf8BOM = 3
