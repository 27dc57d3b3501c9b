package store

import (
	"time"

	"chordscope/node/ring"
)

// The methods of this file look at a stretch of the circle, (From, To] whatever
// the interval says of its ends. Where From and To are the same it is the whole
// circle, and the items at From come last.

// Digest sums up the items of iv.
func (s *Store) Digest(iv ring.Interval) Digest {
	if iv.From == iv.To {
		return s.digest
	}
	d := s.sum(s.behind(iv.To)).sub(s.sum(s.behind(iv.From)))
	if iv.To.Less(iv.From) {
		d = d.Add(s.digest)
	}
	return d
}

// Scan calls yield with the items of iv, clockwise, until it returns false. If
// begun, it starts with what comes behind the key after, which need not be
// held; where after lies beyond To, as From does unless it is To, there is
// nothing left.
//
// The items belong to the store: yield may copy them, but must not change or
// keep them, nor change the store.
func (s *Store) Scan(iv ring.Interval, after Key, begun bool, yield func(*Item) bool) {
	start, count := s.stretch(iv)
	if begun {
		p := s.seek(func(o *Key) bool { return o.Compare(after) <= 0 })
		skip := s.passed(iv.From, after.ID, p)
		start, count = start+skip, count-skip
	}
	s.runs(start, count, func(_ *chunk, run []*record) bool {
		for _, r := range run {
			if !yield(&r.item) {
				return false
			}
		}
		return true
	})
}

// Old returns the tombstones of iv that were stored here at or before the time
// t, clockwise, at most limit of them.
func (s *Store) Old(iv ring.Interval, t time.Duration, limit int) []Item {
	if s.tombs == 0 || limit <= 0 {
		return nil
	}
	var old []Item
	start, count := s.stretch(iv)
	s.runs(start, count, func(c *chunk, run []*record) bool {
		if c.tombs == 0 {
			return true
		}
		for _, r := range run {
			if r.item.Deleted && r.since <= t {
				if old = append(old, r.item); len(old) == limit {
					return false
				}
			}
		}
		return true
	})
	return old
}

// Split divides iv into at most n parts with about the same number of items
// each, clockwise; together they are iv. All items of one identifier are in one
// part. It returns nil if there is nothing to divide: n is below 2, or the
// items of iv stand on fewer than two identifiers. Otherwise there are at least
// two parts, and an item in each, so that dividing on and on comes to an end.
func (s *Store) Split(iv ring.Interval, n int) []Part {
	start, count := s.stretch(iv)
	n = min(n, count)
	var parts []Part
	from, done := iv.From, 0
	for i := 1; i < n; i++ {
		want := i * count / n
		id := s.nth(start + want).Key.ID
		// The cut falls among the items of id, and goes to their nearer end that
		// leaves something on both sides.
		first := s.passed(iv.From, id, s.before(id))
		end := s.passed(iv.From, id, s.behind(id))
		cut := first
		if first <= done || end < count && end-want < want-first {
			cut = end
		}
		if cut <= done || cut == count {
			continue
		}
		to := s.nth(start + cut - 1).Key.ID
		parts = append(parts, Part{to, s.Digest(ring.OpenClosed(from, to))})
		from, done = to, cut
	}
	if parts == nil {
		return nil
	}
	return append(parts, Part{iv.To, s.Digest(ring.OpenClosed(from, iv.To))})
}

// stretch returns the rank of the first record of iv and how many there are.
// Behind the last record of the store it goes on with the first one, and the
// ranks go on from Len.
func (s *Store) stretch(iv ring.Interval) (start, count int) {
	return s.rank(s.behind(iv.From)), s.passed(iv.From, iv.To, s.behind(iv.To))
}

// passed returns how many records there are clockwise from behind from up to
// the place p, which is at one end of identifier id or within. If id is from,
// that is once round.
func (s *Store) passed(from, id ring.ID, p place) int {
	n := s.rank(p) - s.rank(s.behind(from))
	if !from.Less(id) {
		n += s.Len()
	}
	return n
}

// nth returns the item with rank n, counted as stretch does.
func (s *Store) nth(n int) *Item { return &s.at(s.ranked(n % s.Len())).item }

// runs calls yield with count records from the rank start on, counted as
// stretch does, as many at a time as lie in one chunk, until it returns false.
func (s *Store) runs(start, count int, yield func(c *chunk, run []*record) bool) {
	if count <= 0 {
		return
	}
	p := s.ranked(start % s.Len())
	for count > 0 {
		c := &s.chunks[p.chunk]
		run := c.records[p.index:min(p.index+count, len(c.records))]
		if !yield(c, run) {
			return
		}
		count -= len(run)
		p = place{chunk: (p.chunk + 1) % len(s.chunks)}
	}
}
