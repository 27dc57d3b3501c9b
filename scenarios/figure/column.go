package figure

import "strings"

// column fills the right side: the finger table of the peer in focus, the
// lookup hop by hop, and the legend below. It returns where it ends.
func (d *drawing) column() float64 {
	y := d.top + margin
	if d.focus != nil {
		y = d.table(y) + lineHeight
	}
	if d.Lookup != nil {
		d.open("g", "class", "steps")
		y = d.steps(y) + lineHeight
		d.close("g")
	}
	return d.legend(y)
}

// heading writes the title of a part of the column and returns where its first
// line stands.
func (d *drawing) heading(y float64, title string) float64 {
	d.text("text", title, "x", columnLeft, "y", y, "font-weight", "bold")
	return y + lineHeight*1.2
}

// wrapped writes a text in small lines of a width, and returns where the next
// thing may stand.
func (d *drawing) wrapped(s string, x, y, width float64) float64 {
	for _, line := range wrap(s, int(width/(charWidth*smallFont*0.85))) {
		d.text("text", line, "x", x, "y", y, "font-size", smallFont, "fill", d.dim)
		y += smallFont * 1.3
	}
	return y
}

// wrap breaks a text into lines of at most so many characters, and cuts words
// that are longer, as identifiers of 160 bits are.
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if r := []rune(word); len(r) > width/2 {
			word = string(r[:min(8, len(r))]) + "…" + string(r[len(r)-1:])
		}
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
