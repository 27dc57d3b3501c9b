package chord

import (
	"slices"

	"chordscope/node/store"
)

// This file has the handlers of those who hold copies.

var leavingRefusal = Refusal{Code: CodeUnavailable, Detail: "the peer is leaving"}

// serveData answers the requests of the data layer that can be answered at
// once; nil: it is none of them.
func (p *Peer) serveData(from Ref, m Body) Body {
	switch m := m.(type) {
	case Compare:
		if m.Claim && p.data.departing != staying {
			return leavingRefusal
		}
		return p.compare(from, m)
	case List:
		return p.list(m)
	case Fetch:
		return p.fetched(from, m)
	case Store:
		if p.data.departing != staying {
			return leavingRefusal
		}
		return p.store(from, m)
	case Collect:
		p.collected(m)
		return Ack{}
	case Departing:
		p.leaves(from)
		return Ack{}
	case Surplus:
		if next := p.others(); p.cut(m.Range) && len(next) > 0 {
			p.send(next[0], m) // who may have kept it together with us
		}
		if p.data.items.Len() > 0 {
			p.soon(TaskRepair)
		}
		return Ack{}
	}
	return nil
}

// leaves notes that a peer is about to leave, and takes no copies any more.
func (p *Peer) leaves(r Ref) {
	d := &p.data
	if slices.Contains(d.leavers, r) {
		return
	}
	if d.leavers = append(d.leavers, r); len(d.leavers) > MaxSuccessors {
		d.leavers = slices.Delete(d.leavers, 0, 1)
	}
	p.holdersChanged()
}

func (p *Peer) compare(from Ref, m Compare) Compared {
	c := Compared{Digest: p.data.items.Digest(m.Range)}
	c.Same = c.Digest == m.Digest
	if m.Claim {
		p.addClaim(claim{owner: from, rng: m.Range, whole: c.Same || m.InStep})
	}
	if m.Inherit {
		c.Whole = p.bequeath(from, m.Range)
		own, ok := p.own()
		c.Owns = !ok || intersect(own, m.Range) || !p.otherOwner(from, m.Range).IsZero()
	}
	if !c.Same && m.Digest.Count > 0 && c.Digest.Count > leafItems {
		c.Parts = p.data.items.Split(m.Range, parts)
	}
	return c
}

func (p *Peer) list(m List) Listing {
	l := Listing{Whole: p.whole(m.Range)}
	size := 0
	p.data.items.Scan(m.Range, m.After, m.Begun, func(it *store.Item) bool {
		w := itemFrame + len(it.Key.Name)
		if m.Values {
			w = weight(it)
		}
		if n := len(l.Items); n > 0 && (size+w > pageBytes || n >= pageItems) {
			l.More = true
			return false
		}
		size += w
		l.Items = append(l.Items, *it)
		if !m.Values {
			l.Items[len(l.Items)-1].Value = nil
		}
		return true
	})
	return l
}

func (p *Peer) fetched(from Ref, m Fetch) Listing {
	l := Listing{Whole: true}
	size := 0
	for _, k := range m.Keys {
		l.Whole = l.Whole && p.whole(p.point(k.ID)) && p.otherOwner(from, p.point(k.ID)).IsZero()
		it, ok := p.data.items.Get(k)
		if !ok {
			continue
		}
		if size += weight(&it); size > pageBytes && len(l.Items) > 0 {
			l.More = true
			break
		}
		l.Items = append(l.Items, it)
	}
	return l
}

func (p *Peer) store(from Ref, m Store) Stored {
	if m.Why == CauseWrite {
		for _, it := range m.Items {
			if n, _ := p.keep(it); n > 0 {
				p.event(Event{Kind: EvReplica, Key: it.Key.ID, Name: it.Key.Name, Version: it.Version, Peer: from})
			}
		}
	} else {
		p.takeOver(from, m.Items, m.Why)
	}
	var s Stored
	for _, it := range m.Items {
		s.Versions = append(s.Versions, p.held(it.Key))
	}
	return s
}
