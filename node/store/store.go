package store

import "time"

// Store holds items in the order of the identifier circle. The zero value is
// not ready: use New. It is not safe for concurrent use.
//
// The items lie in the order of their keys, cut into chunks that each know
// their own digest. Finding, taking and dropping an item costs a binary search
// and moves the pointers of one chunk; the digest of a stretch costs one
// addition for each chunk, and one for each item in the chunks at its ends.
type Store struct {
	chunks []chunk // none of them empty
	digest Digest  // of everything
	bytes  int     // of all values
	tombs  int
}

// record is an item with what is remembered beside it.
type record struct {
	item  Item
	print fingerprint
	since time.Duration // when a tombstone was stored here
}

// New returns a store that holds nothing.
func New() *Store { return &Store{} }

// Len returns how many items there are, tombstones included.
func (s *Store) Len() int { return int(s.digest.Count) }

// Bytes returns the size of all values together; keys do not count.
func (s *Store) Bytes() int { return s.bytes }

// Tombstones returns how many of the items are tombstones.
func (s *Store) Tombstones() int { return s.tombs }

// Get returns what is held of a key, which may be a tombstone. The value is
// shared with the store: it must not be changed.
func (s *Store) Get(k Key) (Item, bool) {
	if r := s.at(s.find(k)); r != nil && r.item.Key == k {
		return r.item, true
	}
	return Item{}, false
}

// Put takes the item if its version is higher than the one held of its key, and
// reports whether it did. An item that was never written, with a zero Version,
// is not taken. The store keeps the value without copying it. The time now is
// remembered for tombstones: see Old.
func (s *Store) Put(it Item, now time.Duration) bool {
	if it.Version.IsZero() {
		return false
	}
	p := s.find(it.Key)
	r := s.at(p)
	if r == nil || r.item.Key != it.Key {
		r = &record{item: it, print: it.fingerprint(), since: now}
		s.insert(p, r)
		return true
	}
	if it.Version.Compare(r.item.Version) <= 0 {
		return false
	}
	s.uncount(p.chunk, r)
	it.Key = r.item.Key // equal, and its name is in memory already
	*r = record{item: it, print: it.fingerprint(), since: now}
	s.count(p.chunk, r)
	return true
}

// Drop removes whatever is held of a key, with its version, and reports whether
// there was anything: any write of the key is taken again afterwards.
func (s *Store) Drop(k Key) bool {
	p := s.find(k)
	if r := s.at(p); r == nil || r.item.Key != k {
		return false
	}
	s.remove(p)
	return true
}

// count enters a record of chunk c into all sums, uncount takes it out of them.
// Both go before and after a change of the record.
func (s *Store) count(c int, r *record) {
	d := r.print.digest()
	s.digest = s.digest.Add(d)
	s.chunks[c].digest = s.chunks[c].digest.Add(d)
	s.bytes += len(r.item.Value)
	if r.item.Deleted {
		s.tombs++
		s.chunks[c].tombs++
	}
}

func (s *Store) uncount(c int, r *record) {
	d := r.print.digest()
	s.digest = s.digest.sub(d)
	s.chunks[c].digest = s.chunks[c].digest.sub(d)
	s.bytes -= len(r.item.Value)
	if r.item.Deleted {
		s.tombs--
		s.chunks[c].tombs--
	}
}
