// Package figure draws a Picture of a ring as a figure for slides and papers:
// a scalable SVG in which lines are lines and text is text.
package figure

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"chordscope/node/observe"
)

// Options say what a figure shows. The zero value is the ring alone, on white.
type Options struct {
	Width  int             // in pixels, from 200 to 20000; 0 is DefaultWidth. All else is in proportion.
	Dark   bool            // for dark slides; paper is light
	Focus  string          // the peer whose fingers are shown, as arrows and as a table; "" for nobody
	Lookup *observe.Lookup // whose way is shown, hop by hop; nil for none
	Title  string          // above the figure; may be empty
	Keys   bool            // whether keys are shown

	ZeroBased bool // fingers are numbered from 0, not from 1
}

// The width of a figure in pixels.
const (
	DefaultWidth = 900
	minWidth     = 200
	maxWidth     = 20000
)

// ErrNoRing is returned for a Picture without any peer: there is nothing to
// draw yet.
var ErrNoRing = errors.New("no ring to draw: let a peer join first")

// SVG writes the figure of a Picture. The same Picture and Options give the
// same bytes. Besides errors of w it returns ErrNoRing, or an error about an
// option that cannot be; then nothing has been written. It may be called from
// any goroutine.
func SVG(w io.Writer, pic *observe.Picture, o Options) error {
	if o.Width == 0 {
		o.Width = DefaultWidth
	}
	if o.Width < minWidth || o.Width > maxWidth {
		return fmt.Errorf("width of %d pixels: a figure is %d to %d wide", o.Width, minWidth, maxWidth)
	}
	if len(pic.Peers) == 0 || pic.Space.Bits() == 0 {
		return ErrNoRing
	}
	focus, err := find(pic, o.Focus)
	if err != nil {
		return err
	}
	_, err = w.Write(newDrawing(pic, o, focus).draw())
	return err
}

// find returns the peer of a name, the live one if it has lived before; nil if
// there is no name.
func find(pic *observe.Picture, name string) (*observe.Peer, error) {
	if name == "" {
		return nil, nil
	}
	var best *observe.Peer
	for _, p := range pic.FindPeer(name) {
		switch {
		case best == nil || best.ID == p.ID && p.State.Live():
			best = p
		case best.ID != p.ID:
			return nil, fmt.Errorf("focus on %q: that may be %s or %s; write more of its identifier", name, best.Name, p.Name)
		}
	}
	if best == nil {
		return nil, fmt.Errorf("focus on %q: no such peer; there are %s", name, some(pic.Peers))
	}
	return best, nil
}

// some names peers, of many only the first.
func some(peers []observe.Peer) string {
	const most = 12
	var names []string
	for i := range peers[:min(most, len(peers))] {
		names = append(names, peers[i].Name)
	}
	if len(peers) > most {
		names = append(names, "…")
	}
	return strings.Join(names, " ")
}
