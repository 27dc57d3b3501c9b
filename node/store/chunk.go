package store

import (
	"slices"
	"sort"

	"chordscope/node/ring"
)

// maxChunk is how many records a chunk holds at most. Moving the pointers of a
// chunk and adding up part of it should cost about as much as one walk over
// all the chunks of a peer with a hundred thousand items.
const maxChunk = 256

// chunk is a run of neighbouring records in the order of their keys.
type chunk struct {
	records []*record
	digest  Digest
	tombs   int
}

func (c *chunk) last() *record { return c.records[len(c.records)-1] }

// place says where a record lies. The place behind the last record of the store
// is the beginning of a chunk that does not exist.
type place struct{ chunk, index int }

// at returns the record at p, nil behind the last one.
func (s *Store) at(p place) *record {
	if p.chunk == len(s.chunks) {
		return nil
	}
	return s.chunks[p.chunk].records[p.index]
}

// seek returns the place of the first record that does not precede, where
// precedes holds for a number of records at the beginning and for none behind.
func (s *Store) seek(precedes func(*Key) bool) place {
	c := sort.Search(len(s.chunks), func(i int) bool { return !precedes(&s.chunks[i].last().item.Key) })
	if c == len(s.chunks) {
		return place{chunk: c}
	}
	rs := s.chunks[c].records
	return place{c, sort.Search(len(rs), func(i int) bool { return !precedes(&rs[i].item.Key) })}
}

// find returns the place where k lies, or belongs.
func (s *Store) find(k Key) place {
	return s.seek(func(o *Key) bool { return o.Compare(k) < 0 })
}

// before returns the place of the first record at id or behind it.
func (s *Store) before(id ring.ID) place {
	return s.seek(func(o *Key) bool { return o.ID.Less(id) })
}

// behind returns the place of the first record behind id.
func (s *Store) behind(id ring.ID) place {
	return s.seek(func(o *Key) bool { return !id.Less(o.ID) })
}

// rank returns how many records lie before p.
func (s *Store) rank(p place) int {
	n := p.index
	for i := range s.chunks[:p.chunk] {
		n += len(s.chunks[i].records)
	}
	return n
}

// ranked returns the place with rank n, which must be below Len.
func (s *Store) ranked(n int) place {
	c := 0
	for ; n >= len(s.chunks[c].records); c++ {
		n -= len(s.chunks[c].records)
	}
	return place{c, n}
}

// sum returns the digest of all records before p.
func (s *Store) sum(p place) Digest {
	var d Digest
	for i := range s.chunks[:p.chunk] {
		d = d.Add(s.chunks[i].digest)
	}
	if p.index > 0 {
		d = d.Add(digestOf(s.chunks[p.chunk].records[:p.index]))
	}
	return d
}

func digestOf(rs []*record) Digest {
	var d Digest
	for _, r := range rs {
		d = d.Add(r.print.digest())
	}
	return d
}

// insert puts a new record where find has found its key to belong. What belongs
// behind everything goes to the end of the last chunk.
func (s *Store) insert(p place, r *record) {
	if p.chunk == len(s.chunks) {
		if p.chunk == 0 {
			s.chunks = []chunk{{}}
		} else {
			p.chunk--
		}
		p.index = len(s.chunks[p.chunk].records)
	}
	c := &s.chunks[p.chunk]
	c.records = slices.Insert(c.records, p.index, r)
	s.count(p.chunk, r)
	if len(c.records) == maxChunk {
		s.halve(p.chunk)
	}
}

// halve makes two chunks of one.
func (s *Store) halve(i int) {
	left := &s.chunks[i]
	half := len(left.records) / 2
	right := newChunk(left.records[half:])
	clear(left.records[half:])
	left.records = left.records[:half]
	left.digest = left.digest.sub(right.digest)
	left.tombs -= right.tombs
	s.chunks = slices.Insert(s.chunks, i+1, right)
}

// newChunk returns a chunk of its own with a copy of the slice.
func newChunk(rs []*record) chunk {
	c := chunk{records: slices.Clone(rs), digest: digestOf(rs)}
	for _, r := range rs {
		if r.item.Deleted {
			c.tombs++
		}
	}
	return c
}

// remove takes out the record at p, and joins its chunk with a neighbour once
// the two are half a chunk together, so that a store that has shrunk does not
// consist of crumbs.
func (s *Store) remove(p place) {
	s.uncount(p.chunk, s.at(p))
	c := &s.chunks[p.chunk]
	c.records = slices.Delete(c.records, p.index, p.index+1)
	switch {
	case len(c.records) == 0:
		s.chunks = slices.Delete(s.chunks, p.chunk, p.chunk+1)
	case !s.join(p.chunk):
		s.join(p.chunk - 1)
	}
}

// join makes one chunk of i and the one behind it if both exist and are small,
// and reports whether it did.
func (s *Store) join(i int) bool {
	if i < 0 || i+1 >= len(s.chunks) {
		return false
	}
	left, right := &s.chunks[i], &s.chunks[i+1]
	if len(left.records)+len(right.records) > maxChunk/2 {
		return false
	}
	left.records = append(left.records, right.records...)
	left.digest = left.digest.Add(right.digest)
	left.tombs += right.tombs
	s.chunks = slices.Delete(s.chunks, i+1, i+2)
	return true
}
