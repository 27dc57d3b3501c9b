package tui

import (
	"chordscope/node/observe"
	"chordscope/tui/draw"
)

// truth is what a cell of the matrix says about fingers, the worst last.
type truth uint8

const (
	truthRight truth = iota
	truthItself
	truthNone
	truthStale
	truthDead
	truths
)

var truthMarks = [truths]mark{
	truthRight:  verdictMarks[observe.Right],
	truthItself: {"◦", draw.Dim},
	truthNone:   verdictMarks[observe.None],
	truthStale:  verdictMarks[observe.Stale],
	truthDead:   verdictMarks[observe.Dead],
}

var truthWords = [truths]string{"right", "to itself", "none yet", "stale", "dead"}

// wrong reports whether there is something to repair.
func (t truth) wrong() bool { return t >= truthNone }

// truthOf judges one finger of a peer. One that rightly leads to the peer itself
// is told apart: the circle is empty from its start round to the peer.
func truthOf(p *observe.Peer, f *observe.Finger) truth {
	switch f.Verdict {
	case observe.Right:
		if f.ID == p.ID {
			return truthItself
		}
		return truthRight
	case observe.Stale:
		return truthStale
	case observe.Dead:
		return truthDead
	}
	return truthNone
}

// fingerSpan is a run of fingers that are one column, from 1.
type fingerSpan struct{ first, last int }

// fingerSpans divides the m fingers of a picture into columns. With fold,
// neighbours are one column where they should be the same at every peer, so that
// a ring of 160 bits has hardly more columns than one of 16: truth decides and
// not belief, so that columns do not come and go while peers repair.
func fingerSpans(pic *observe.Picture, fold bool) []fingerSpan {
	bits := pic.Space.Bits()
	var spans []fingerSpan
	for i := 1; i <= bits; i++ {
		if n := len(spans); fold && n > 0 && sameColumn(pic, i-1, i) {
			spans[n-1].last = i
			continue
		}
		spans = append(spans, fingerSpan{i, i})
	}
	return spans
}

// sameColumn reports whether two fingers should be the same at every peer.
func sameColumn(pic *observe.Picture, a, b int) bool {
	told := false
	for i := range pic.Peers {
		f := pic.Peers[i].Fingers
		if b > len(f) {
			continue
		}
		x, y := &f[a-1], &f[b-1]
		if x.HasWant != y.HasWant || x.HasWant && x.Want != y.Want {
			return false
		}
		told = true
	}
	return told
}

// worst returns the finger of a span that there is most to say about, and the
// truth about it; nil if the peer has none of them.
func (s fingerSpan) worst(p *observe.Peer) (*observe.Finger, truth) {
	var worst *observe.Finger
	of := truthNone
	for i := s.first; i <= min(s.last, len(p.Fingers)); i++ {
		f := &p.Fingers[i-1]
		if t := truthOf(p, f); worst == nil || t > of {
			worst, of = f, t
		}
	}
	return worst, of
}
