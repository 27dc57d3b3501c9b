package tui

import (
	"slices"
	"sort"
	"time"

	"chordscope/node/observe"
)

// history is what the screen has seen, to be looked at again. The older it is,
// the fewer moments of it are kept, so that it never grows beyond its bounds.
type history struct {
	moments []moment // oldest first
	past    bool     // one of them is shown, in place of now
	at      int      // which, if past
	weight  int      // of all moments, in bytes
	left    *trip    // the last lookup of the present that was left for the past
	noLeft  bool     // it was not drawn on the ring

	runs  bool          // the past goes on by itself
	clock time.Duration // how far it has come, on the Picture's clock
}

// moment is the ring as it was, and what was told of it.
type moment struct {
	pic              *observe.Picture
	chapter, caption string
	weight           int
}

// Bounds of a history.
const (
	mostMoments = 1500
	mostWeight  = 96 << 20
)

// ages say how far apart moments may be at least, by how old they are.
var ages = [...]struct{ older, apart time.Duration }{
	{10 * time.Minute, 5 * time.Second},
	{time.Minute, time.Second},
	{10 * time.Second, 200 * time.Millisecond},
}

// add notes a new moment.
func (h *history) add(m moment) {
	if n := len(h.moments); n > 0 {
		m.weight = weigh(m.pic, h.moments[n-1].pic)
	} else {
		m.weight = weigh(m.pic, nil)
	}
	h.moments = append(h.moments, m)
	h.weight += m.weight
	if len(h.moments) > mostMoments || h.weight > mostWeight {
		h.thin()
	}
}

// thin drops moments: first those that are closer together than their age asks
// for, then, if that is not enough, the oldest.
func (h *history) thin() {
	now := h.moments[len(h.moments)-1].pic.At
	shown := -1
	if h.past {
		shown = h.at
	}
	kept, weight := h.moments[:0], 0
	for i, m := range h.moments {
		if i == shown {
			h.at = len(kept)
		} else if n := len(kept); n > 0 && !notable(kept[n-1].pic, m.pic) && m.pic.At-kept[n-1].pic.At < apart(now-m.pic.At) {
			continue
		}
		kept = append(kept, m)
		weight += m.weight
	}
	// A quarter goes at once, so that this is done seldom.
	drop := 0
	if len(kept) > mostMoments*3/4 || weight > mostWeight*3/4 {
		for ; drop < len(kept)-1 && (len(kept)-drop > mostMoments*3/4 || weight > mostWeight*3/4); drop++ {
			weight -= kept[drop].weight
		}
	}
	if h.past {
		h.at = max(h.at-drop, 0)
	}
	h.moments, h.weight = slices.Clone(kept[drop:]), weight
}

func apart(age time.Duration) time.Duration {
	for _, a := range ages {
		if age > a.older {
			return a.apart
		}
	}
	return 0
}

// notable reports whether b differs from a in something that one would look
// for: who is there, faults, or health.
func notable(a, b *observe.Picture) bool {
	return len(a.Peers) != len(b.Peers) || a.Health.Live != b.Health.Live || len(a.Faults) != len(b.Faults) ||
		a.Health.Stable != b.Health.Stable || a.Health.Valid != b.Health.Valid || len(a.Recoveries) != len(b.Recoveries)
}

// weigh estimates the memory that a picture takes beyond what it shares with
// the one before.
func weigh(pic, before *observe.Picture) int {
	const peer, pointer, way, event, lookup, message, run, times = 400, 160, 64, 120, 280, 150, 100, 16
	if before == nil {
		before = new(observe.Picture)
	}
	shared := make(map[any]bool, 2*len(before.Peers))
	for i := range before.Peers {
		p := &before.Peers[i]
		shared[first(p.Fingers)], shared[first(p.Ways)] = true, true
	}
	n := 2000 + lookup*len(pic.Lookups) + times*len(pic.LookupStats.Times) + run*len(pic.Runs) + peer*len(pic.Peers)
	for i := range pic.Peers {
		p := &pic.Peers[i]
		if !shared[first(p.Fingers)] {
			n += pointer * (len(p.Fingers) + len(p.Successors))
		}
		if !shared[first(p.Ways)] {
			n += way * len(p.Ways)
		}
	}
	if first(pic.Events) != first(before.Events) {
		n += event * len(pic.Events)
	}
	if first(pic.Traffic) != first(before.Traffic) {
		n += message * len(pic.Traffic)
	}
	return n
}

// first tells slices apart that do not share what they hold.
func first[T any](s []T) *T {
	if len(s) == 0 {
		return nil
	}
	return &s[0]
}

// remember notes what is shown now as a moment of the history.
func (m *Model) remember() {
	mo := moment{pic: m.live}
	if m.play != nil {
		mo.chapter, mo.caption = m.play.chapter, m.play.caption
	}
	m.history.add(mo)
}

// last is the index of the last moment that is not after t; 0 if all are.
func (h *history) last(t time.Duration) int {
	return max(sort.Search(len(h.moments), func(i int) bool { return h.moments[i].pic.At > t })-1, 0)
}
