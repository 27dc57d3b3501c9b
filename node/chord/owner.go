package chord

import (
	"slices"
	"time"

	"chordscope/node/store"
)

// Bounds of what an owner does at a time.
const (
	ownerPatience = 3 // times the time-out, for reaching holders in one read or write
	holderRetry   = 20 * time.Millisecond
	maxWrites     = 4096
)

// read is the handler of Read.
func (p *Peer) read(m Read, reply func(Body)) {
	if o := p.owns(m.Key.ID); !o.Yes {
		reply(o)
		return
	}
	p.ownItem(m.Key, p.now+ownerPatience*p.cfg.Timeout, func(it store.Item, ok bool) {
		if !ok {
			reply(Refusal{Code: CodeUnavailable, Detail: "those who may hold the key cannot be asked at the moment"})
			return
		}
		reply(Datum{Item: it, Predecessor: p.pred})
	})
}

// write is the handler of Write: the write gets a version above all that the
// key has had, and is acknowledged once every copy is made.
func (p *Peer) write(from Ref, m Write, reply func(Body)) {
	switch o := p.owns(m.Key.ID); {
	case !o.Yes:
		reply(o)
		return
	case p.data.departing == handingLast:
		reply(leavingRefusal)
		return
	case p.data.writes >= maxWrites:
		reply(Refusal{Code: CodeUnavailable, Detail: "too many writes at a time"})
		return
	}
	p.data.writes++
	until := p.now + ownerPatience*p.cfg.Timeout
	over := func(b Body) {
		p.data.writes--
		reply(b)
	}
	p.writeSettled(&spread{asker: from, write: m, until: until, then: over})
}

// writeSettled waits until the key's place is settled, since a version has to be
// above all that the key has had, and begins the write.
func (p *Peer) writeSettled(w *spread) {
	key := w.write.Key
	switch {
	case !p.owns(key.ID).Yes || p.data.departing == handingLast || p.status != StatusMember:
		w.then(Refusal{Code: CodeUnavailable, Detail: "the key has just got another owner"})
		return
	case !p.settledAt(key.ID) && p.now > w.until:
		w.then(Refusal{Code: CodeUnavailable, Detail: "the owner does not have all keys of its range yet"})
		return
	case !p.settledAt(key.ID):
		p.after(holderRetry, func() { p.writeSettled(w) })
		return
	}
	held, ok := p.data.items.Get(key)
	w.existed = ok && !held.Deleted
	switch {
	case !ok && w.write.Delete: // nothing there, nothing to do
		w.then(Datum{Item: store.Item{Key: key}, Predecessor: p.pred})
		return
	case ok && held.Tag == w.write.Tag: // the same request again
		w.item = held
	default:
		w.item = p.newer(w.write, store.Version{})
	}
	p.spread(w)
}

// newer makes the item of a write and keeps it. Its version is above than, above
// what we hold, and above all that we have dropped, so that none is given twice.
func (p *Peer) newer(m Write, than store.Version) store.Item {
	it := store.Item{
		Key: m.Key, Tag: m.Tag, Deleted: m.Delete,
		Version: store.Version{Counter: 1 + max(than.Counter, p.held(m.Key).Counter, p.data.past), Node: p.self.ID, Inc: p.self.Inc},
	}
	if !m.Delete {
		it.Value = m.Value
	}
	p.keep(it)
	return it
}

// ownItem tells what is held of a key of our own. Where we are not settled, the
// others who may hold it are asked before.
func (p *Peer) ownItem(key store.Key, until time.Duration, then func(it store.Item, ok bool)) {
	if p.settledAt(key.ID) {
		it, _ := p.data.items.Get(key)
		it.Key = key
		then(it, true)
		return
	}
	sources := p.sources()
	want := p.cfg.Replicas
	if len(sources) > 0 && sources[0].HostAddr() == p.self.HostAddr() {
		want++ // it keeps no copies for us, but may have been the owner
	}
	sources = sources[:min(len(sources), want)]
	waiting, failed := len(sources)+1, false
	whole := p.complete(p.point(key.ID)) && p.otherOwner(p.self, p.point(key.ID)).IsZero()
	answered := func(l Listing, err error) {
		p.keep(l.Items...)
		failed = failed || err != nil
		whole = whole || l.Whole
		if waiting--; waiting > 0 {
			return
		}
		switch {
		case whole && !failed:
			it, _ := p.data.items.Get(key)
			it.Key = key
			then(it, true)
		case p.now > until:
			then(store.Item{}, false)
		default:
			p.after(holderRetry, func() { p.ownItem(key, until, then) })
		}
	}
	for _, s := range sources {
		ask(p, s, Fetch{Keys: []store.Key{key}}, answered)
	}
	answered(Listing{}, nil)
}

// spread is one write under way at its owner.
type spread struct {
	asker   Ref
	write   Write
	item    store.Item
	existed bool
	until   time.Duration
	then    func(Body)

	holders []Ref // who has confirmed
	tried   []Ref // who has been asked, in this round
	pending int
	over    bool
}

// spread makes the copies of a write. If a successor fails, the next one takes
// its place; nothing less than min(k, size of the ring) copies is acknowledged.
func (p *Peer) spread(w *spread) {
	if w.over {
		return
	}
	want, others := p.cfg.Replicas-1, p.targets()
	missing := func(r Ref) bool { return !slices.Contains(w.holders, r) }
	switch {
	case len(w.holders) >= want, p.comesRound() && !slices.ContainsFunc(others, missing):
		p.acknowledge(w)
		return
	case p.now > w.until && w.pending == 0:
		p.writeFailed(w, "not enough successors answer to make all copies")
		return
	}
	for _, doubtful := range []bool{false, true} {
		for _, r := range others {
			if len(w.holders)+w.pending >= want {
				return
			}
			if p.suspected(r) == doubtful && missing(r) && !slices.Contains(w.tried, r) {
				p.spreadTo(w, r)
			}
		}
	}
	if w.pending == 0 {
		w.tried = nil
		p.after(holderRetry, func() { p.spread(w) })
	}
}

func (p *Peer) spreadTo(w *spread, r Ref) {
	w.pending++
	w.tried = append(w.tried, r)
	version := w.item.Version
	ask(p, r, Store{Items: []store.Item{w.item}, Why: CauseWrite}, func(s Stored, err error) {
		w.pending--
		switch {
		case w.over || version != w.item.Version:
		case p.noMember(r, err), err != nil || len(s.Versions) != 1:
		default:
			if v, ok := p.overtaken(w, s.Versions[0]); !ok {
				w.holders = append(w.holders, r)
			} else if p.owns(w.item.Key.ID).Yes {
				w.item, w.holders, w.tried = p.newer(w.write, v), nil, nil
			} else { // by the write of a new owner
				p.writeFailed(w, "the key has just got another owner")
			}
		}
		p.spread(w)
	})
}

// overtaken returns the highest version that is above that of the write, unless
// we gave it ourselves, to a later write. We had not known of it: ours has to go
// behind it.
func (p *Peer) overtaken(w *spread, at store.Version) (by store.Version, ok bool) {
	by = w.item.Version
	for _, v := range []store.Version{at, p.held(w.item.Key)} {
		if v.Compare(by) > 0 && (v.Node != p.self.ID || v.Inc != p.self.Inc) {
			by, ok = v, true
		}
	}
	return by, ok
}

func (p *Peer) held(k store.Key) store.Version {
	it, _ := p.data.items.Get(k)
	return it.Version
}

func (p *Peer) acknowledge(w *spread) {
	w.over = true
	it := w.item
	kind := EvPut
	if it.Deleted {
		kind = EvDeleted
	}
	p.event(Event{Kind: kind, Key: it.Key.ID, Name: it.Key.Name, Version: it.Version, Index: len(w.holders) + 1, Peer: w.asker})
	it.Value = nil
	w.then(Datum{Item: it, Existed: w.existed, Copies: len(w.holders) + 1, Predecessor: p.pred})
}

func (p *Peer) writeFailed(w *spread, why string) {
	w.over = true
	p.event(Event{Kind: EvWriteFailed, Key: w.item.Key.ID, Name: w.item.Key.Name, Peer: w.asker, Reason: why})
	w.then(Refusal{Code: CodeUnavailable, Detail: why})
}
