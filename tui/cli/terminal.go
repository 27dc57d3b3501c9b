package cli

import (
	"io"
	"os"

	"github.com/charmbracelet/x/term"
)

// columnsOf is how wide the terminal is that an output leads to, 80 where it does
// not say; 0 if it is none.
func columnsOf(w io.Writer) int {
	if out, is := w.(*standardOutput); is {
		w = out.Writer
	}
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(f.Fd()) {
		return 0
	}
	if columns, _, err := term.GetSize(f.Fd()); err == nil && columns > 0 {
		return columns
	}
	return 80
}
