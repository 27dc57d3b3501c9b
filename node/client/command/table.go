package command

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// table is aligned text. The last columns, as many as numbers says, are numbers
// and stand at the right.
type table struct {
	head    []string
	rows    [][]string
	numbers int
}

func (t *table) write(out *bytes.Buffer) {
	widths := make([]int, len(t.head))
	all := append([][]string{t.head}, t.rows...)
	for _, row := range all {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range all {
		for i, cell := range row {
			if i > 0 {
				out.WriteString("  ")
			}
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i < len(row)-t.numbers {
				out.WriteString(cell + pad)
			} else {
				out.WriteString(pad + cell)
			}
		}
		out.WriteByte('\n')
	}
}
