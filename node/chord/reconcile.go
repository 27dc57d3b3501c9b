package chord

import (
	"chordscope/node/ring"
	"chordscope/node/store"
)

// Bounds of one message, so that nothing that moves in bulk holds up a lookup
// for long, and where comparing digests ends.
const (
	pageBytes = 128 << 10 // values and names, unless a single item has more
	pageItems = 1024
	itemFrame = 64 // about what an item takes beside its value and name
	parts     = 16 // into how many parts a range that differs is divided
	leafItems = 64 // up to how many items a range is listed instead
	fetchKeys = 256
)

// reconciliation brings two peers to hold the same in some stretches of the
// circle: they compare digests, divide what differs until little is left, list
// the versions there, and move what is missing or older. Range-based, unlike a
// Merkle tree: the stretches need not stand on any fixed boundaries, and every
// change of the ring makes new ones. One message is under way at a time.
type reconciliation struct {
	with       Ref
	todo       []ring.Interval // what is left, the next one last
	claim      bool            // we own the range, and count on the other
	inherit    bool            // we are about to own it
	pull, push bool
	why        Cause
	then       func(r *reconciliation, err error)

	whole    bool // the other has left all of it to us
	owns     bool // the other may own a part of it itself
	differed bool
}

func (p *Peer) reconcile(r *reconciliation) {
	last := len(r.todo) - 1
	if last < 0 {
		r.then(r, nil)
		return
	}
	rng := r.todo[last]
	r.todo = r.todo[:last]
	m := Compare{Range: rng, Digest: p.data.items.Digest(rng)}
	m.Claim, r.claim = r.claim, false // once, for the whole of it
	m.Inherit, r.inherit = r.inherit, false
	ask(p, r.with, m, func(c Compared, err error) {
		if err != nil {
			p.noMember(r.with, err)
			r.then(r, err)
			return
		}
		r.whole, r.owns = r.whole || c.Whole, r.owns || c.Owns
		p.compared(r, rng, c)
	})
}

func (p *Peer) compared(r *reconciliation, rng ring.Interval, c Compared) {
	mine := p.data.items.Digest(rng)
	r.differed = r.differed || !c.Same
	switch {
	case c.Same || mine == c.Digest:
		p.reconcile(r)
	case mine.Count == 0 && !r.pull, c.Digest.Count == 0 && !r.push: // nothing to be done about it
		p.reconcile(r)
	case mine.Count == 0:
		p.pullPage(r, rng, store.Key{}, false)
	case c.Digest.Count == 0:
		p.pushPage(r, rng, store.Key{}, false)
	case len(c.Parts) == 0 || !p.divides(rng, c.Parts):
		p.listPage(r, rng, store.Key{}, false)
	default:
		from := rng.From
		var todo []ring.Interval
		for _, part := range c.Parts {
			if iv := ring.OpenClosed(from, part.To); p.data.items.Digest(iv) != part.Digest {
				todo = append(todo, iv)
			}
			from = part.To
		}
		for i := range todo {
			r.todo = append(r.todo, todo[len(todo)-1-i])
		}
		p.reconcile(r)
	}
}

// divides reports whether the parts that somebody else made are parts of rng, in
// order and smaller than it, so that comparing them comes to an end.
func (p *Peer) divides(rng ring.Interval, parts []store.Part) bool {
	last := ring.ID{}
	for i, part := range parts {
		d := p.space.Distance(rng.From, part.To)
		if i == len(parts)-1 {
			return i > 0 && part.To == rng.To
		}
		if !last.Less(d) || !rng.Contains(part.To) || part.To == rng.To {
			return false
		}
		last = d
	}
	return false
}

// pullPage takes over all that the other holds.
func (p *Peer) pullPage(r *reconciliation, rng ring.Interval, after store.Key, begun bool) {
	askPatiently(p, r.with, List{Range: rng, After: after, Begun: begun, Values: true}, func(l Listing, err error) {
		if err != nil {
			r.then(r, err)
			return
		}
		p.takeOver(r.with, l.Items, r.why)
		p.nextPage(r, rng, after, begun, l, p.pullPage)
	})
}

// nextPage goes on behind the last item of a listing, if it came any further.
func (p *Peer) nextPage(r *reconciliation, rng ring.Interval, after store.Key, begun bool, l Listing, page func(*reconciliation, ring.Interval, store.Key, bool)) {
	if n := len(l.Items); n > 0 && l.More {
		if last := l.Items[n-1].Key; rng.Contains(last.ID) && (!begun || p.behind(rng, last, after)) {
			page(r, rng, last, true)
			return
		}
	}
	p.reconcile(r)
}

// pushPage gives the other all that we hold.
func (p *Peer) pushPage(r *reconciliation, rng ring.Interval, after store.Key, begun bool) {
	l := p.list(List{Range: rng, After: after, Begun: begun, Values: true})
	if len(l.Items) == 0 {
		p.reconcile(r)
		return
	}
	p.give(r, l.Items, func() {
		if !l.More {
			p.reconcile(r)
			return
		}
		p.pushPage(r, rng, l.Items[len(l.Items)-1].Key, true)
	})
}

// listPage compares versions key by key.
func (p *Peer) listPage(r *reconciliation, rng ring.Interval, after store.Key, begun bool) {
	askPatiently(p, r.with, List{Range: rng, After: after, Begun: begun}, func(l Listing, err error) {
		if err != nil {
			r.then(r, err)
			return
		}
		wants, gives := p.differences(rng, after, begun, l)
		if !r.pull {
			wants = nil
		}
		if !r.push {
			gives = nil
		}
		p.fetch(r, wants, func() {
			p.give(r, gives, func() {
				p.nextPage(r, rng, after, begun, l, p.listPage)
			})
		})
	})
}

// differences returns what the other has newer, and what we have newer, within
// the stretch that a listing speaks of.
func (p *Peer) differences(rng ring.Interval, after store.Key, begun bool, l Listing) (wants []store.Key, gives []store.Item) {
	theirs := make(map[store.Key]store.Version, len(l.Items))
	for _, it := range l.Items {
		theirs[it.Key] = it.Version
		if held, ok := p.data.items.Get(it.Key); !ok || held.Version.Compare(it.Version) < 0 {
			wants = append(wants, it.Key)
		}
	}
	p.data.items.Scan(rng, after, begun, func(it *store.Item) bool {
		if n := len(l.Items); l.More && n > 0 && p.behind(rng, it.Key, l.Items[n-1].Key) {
			return false
		}
		if v, ok := theirs[it.Key]; !ok || v.Compare(it.Version) < 0 {
			gives = append(gives, *it)
		}
		return true
	})
	return wants, gives
}

// behind reports whether a comes behind b on the way through rng.
func (p *Peer) behind(rng ring.Interval, a, b store.Key) bool {
	if a.ID == b.ID {
		return a.Name > b.Name
	}
	if a.ID == rng.From || b.ID == rng.From { // in a whole circle it comes last
		return a.ID == rng.From
	}
	return p.space.Distance(rng.From, b.ID).Less(p.space.Distance(rng.From, a.ID))
}

// fetch takes the items of some keys from the other.
func (p *Peer) fetch(r *reconciliation, keys []store.Key, then func()) {
	if len(keys) == 0 {
		then()
		return
	}
	n := min(len(keys), fetchKeys)
	askPatiently(p, r.with, Fetch{Keys: keys[:n]}, func(l Listing, err error) {
		if err != nil {
			r.then(r, err)
			return
		}
		p.takeOver(r.with, l.Items, r.why)
		if got := len(l.Items); l.More && got > 0 { // up to the last one it has looked
			for i, k := range keys[:n] {
				if k == l.Items[got-1].Key {
					n = i + 1
				}
			}
		}
		p.fetch(r, keys[n:], then)
	})
}

// give stores items at the other, in batches.
func (p *Peer) give(r *reconciliation, items []store.Item, then func()) {
	if len(items) == 0 {
		then()
		return
	}
	n, size := 0, 0
	for n < len(items) && n < pageItems && (n == 0 || size+weight(&items[n]) <= pageBytes) {
		size += weight(&items[n])
		n++
	}
	askPatiently(p, r.with, Store{Items: items[:n], Why: r.why}, func(_ Stored, err error) {
		if err != nil {
			r.then(r, err)
			return
		}
		p.give(r, items[n:], then)
	})
}

// weight is about what an item takes in a message.
func weight(it *store.Item) int { return len(it.Value) + len(it.Key.Name) + itemFrame }
