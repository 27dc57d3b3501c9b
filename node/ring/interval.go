package ring

// Interval is a clockwise stretch of the circle. Build one with Open,
// OpenClosed or ClosedOpen, the three kinds the papers use.
//
// Where both ends are the same identifier the interval goes once round:
// (a, a) is everything except a, and (a, a] and [a, a) are the whole circle.
// A lone peer therefore owns every key, because (n, n] holds it.
type Interval struct {
	From, To             ID
	ClosedFrom, ClosedTo bool // whether From and To themselves belong to it
}

// Open returns (from, to).
func Open(from, to ID) Interval { return Interval{From: from, To: to} }

// OpenClosed returns (from, to], the range a peer owns when from is its
// predecessor and to is itself.
func OpenClosed(from, to ID) Interval { return Interval{From: from, To: to, ClosedTo: true} }

// ClosedOpen returns [from, to), the range of starts a finger serves.
func ClosedOpen(from, to ID) Interval { return Interval{From: from, To: to, ClosedFrom: true} }

// Contains reports whether x lies in the interval, going clockwise from From.
func (iv Interval) Contains(x ID) bool {
	switch {
	case iv.From == iv.To:
		return x != iv.From || iv.ClosedFrom || iv.ClosedTo
	case x == iv.From:
		return iv.ClosedFrom
	case x == iv.To:
		return iv.ClosedTo
	case iv.From.Less(iv.To):
		return iv.From.Less(x) && x.Less(iv.To)
	}
	return iv.From.Less(x) || x.Less(iv.To)
}
