package tui

import (
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"chordscope/tui/draw"
)

// field is one text that somebody types.
type field struct {
	name, hint string // name is empty where there is only one
	text       []rune
	back       int  // runes between the cursor and the end
	preset     bool // text is a proposal, which the first key replaces
	optional   bool // it may be left empty
}

// promptLimit is the longest text that can be typed, in runes.
const promptLimit = 500

// at is where the cursor stands, in runes from the beginning.
func (f *field) at() int { return len(f.text) - f.back }

// set replaces the text and puts the cursor at its end.
func (f *field) set(text string) { f.text, f.back, f.preset = []rune(text), 0, false }

// edit handles a key, and reports whether it changed the text.
func (f *field) edit(k tea.KeyPressMsg) (changed bool) {
	at, before := f.at(), string(f.text)
	switch k.String() {
	case "backspace", "ctrl+h":
		if f.preset {
			f.set("")
		}
		f.cut(max(f.at()-1, 0), f.at())
	case "delete", "ctrl+d":
		f.cut(at, min(at+1, len(f.text)))
	case "ctrl+u":
		f.cut(0, at)
	case "ctrl+k":
		f.cut(at, len(f.text))
	case "ctrl+w":
		f.cut(f.wordBefore(), at)
	case "left", "ctrl+b":
		f.back = min(f.back+1, len(f.text))
	case "right", "ctrl+f":
		f.back = max(f.back-1, 0)
	case "ctrl+left":
		f.back = len(f.text) - f.wordBefore()
	case "home", "ctrl+a":
		f.back = len(f.text)
	case "end", "ctrl+e":
		f.back = 0
	default:
		f.insert(k.Text)
		return string(f.text) != before
	}
	f.preset = false
	return string(f.text) != before
}

// cut removes the runes from..to and leaves the cursor there.
func (f *field) cut(from, to int) {
	f.text = slices.Delete(f.text, from, to)
	f.back = len(f.text) - from
}

// wordBefore is where the word before the cursor begins.
func (f *field) wordBefore() int {
	at := f.at()
	for at > 0 && unicode.IsSpace(f.text[at-1]) {
		at--
	}
	for at > 0 && !unicode.IsSpace(f.text[at-1]) {
		at--
	}
	return at
}

// insert adds typed or pasted text at the cursor; a line break is a blank.
func (f *field) insert(text string) {
	if text == "" {
		return
	}
	if f.preset {
		f.set("")
	}
	text = strings.NewReplacer("\r", " ", "\n", " ", "\t", " ").Replace(text)
	more := []rune(text)
	more = more[:max(min(len(more), promptLimit-len(f.text)), 0)]
	f.text = slices.Insert(f.text, f.at(), more...)
}

// draw writes the field into room cells from x on, so that its cursor can be
// seen, and returns the x after it.
func (f *field) draw(r draw.Region, x, room int, current bool) int {
	if !current {
		return r.Put(x, 0, f.end(room), draw.Plain)
	}
	if f.preset {
		return r.Put(x, 0, f.end(room), draw.Reverse)
	}
	x, _ = f.drawCursor(r, x, room)
	if len(f.text) == 0 && f.hint != "" {
		x = r.PutFit(x+1, 0, room, f.hint, draw.Dim)
	}
	return x
}

// end is as much of the end of the text as fits.
func (f *field) end(room int) string {
	text := f.text
	for len(text) > 0 && draw.Width(string(text)) > room {
		text = text[1:]
	}
	return string(text)
}

// drawCursor writes the part of the text that the cursor is in, and the cursor.
// It returns the x after it, and that of the text's first rune, which may be
// outside.
func (f *field) drawCursor(r draw.Region, x, room int) (after, origin int) {
	before, behind := f.text[:f.at()], f.text[f.at():]
	under := " "
	if len(behind) > 0 {
		under, behind = string(behind[0]), behind[1:]
	}
	skipped := 0
	for len(before) > 0 && draw.Width(string(before)) > room-draw.Width(under) {
		skipped += draw.Width(string(before[0]))
		before = before[1:]
	}
	origin = x - skipped
	x = r.Put(x, 0, string(before), draw.Plain)
	x = r.Put(x, 0, under, draw.Reverse)
	return r.PutFit(x, 0, max(room-draw.Width(string(before))-draw.Width(under), 0), string(behind), draw.Plain), origin
}
