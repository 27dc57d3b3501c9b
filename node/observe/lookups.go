package observe

import (
	"maps"
	"slices"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// lookup is one lookup put together from the trace of its origin, hop by hop
// as it travels. Its words are made when a Picture shows it.
type lookup struct {
	number  uint64 // in the Store
	origin  chord.Ref
	at      uint64        // its number at the origin
	started time.Duration // on the Store's clock
	began   time.Duration // on the origin's clock
	raw     chord.Lookup
	name    string // of the key, if it has one
	purpose string // put, get or delete, if it was made for one
	done    bool
	said    *Lookup // the words, once they are final
}

// lookups are the latest, and all that are under way.
type lookups struct {
	number uint64 // of the last one
	latest []*lookup
	open   map[lookupID]*lookup
	ended  LookupStats
	told   LookupStats // ended, as Pictures have it
}

// lookupID names a lookup: its origin in one life, and its number there.
type lookupID struct {
	origin chord.Ref
	number uint64
}

// mostOpen is how many lookups may be under way and still be counted.
const mostOpen = 4096

func (ls *lookups) begin(l *lookup) {
	ls.number++
	l.number = ls.number
	if len(ls.latest) >= 4*keepLookups {
		ls.latest = append(ls.latest[:0], ls.latest[len(ls.latest)-keepLookups:]...)
	}
	ls.latest = append(ls.latest, l)
	if len(ls.open) >= 2*mostOpen { // their ends were lost on the way to us
		maps.DeleteFunc(ls.open, func(_ lookupID, l *lookup) bool { return l.number+mostOpen <= ls.number })
	}
	ls.open[lookupID{l.origin, l.at}] = l
}

// end notes that a lookup has ended, in so many hops if it found the owner.
func (ls *lookups) end(l *lookup, hops int) {
	l.done = true
	delete(ls.open, lookupID{l.origin, l.at})
	ls.ended.count(l, hops)
}

// stats returns the counts for a Picture.
func (ls *lookups) stats() LookupStats {
	if ls.told.Ended != ls.ended.Ended {
		ls.told = ls.ended.clone()
	}
	return ls.told
}

func (s *Store) takeLookup(self chord.Ref, e chord.Event) {
	if e.Lookup == 0 {
		return
	}
	if e.Kind == chord.EvLookupStarted {
		s.lookups.begin(&lookup{
			origin: self, at: e.Lookup, started: s.cfg.Clock(), began: e.At,
			raw: chord.Lookup{Key: e.Key, Recursive: e.Reason == "recursive"}, name: e.Name, purpose: purpose(e.Reason),
		})
		return
	}
	l := s.lookups.open[lookupID{self, e.Lookup}]
	if l == nil {
		return
	}
	switch e.Kind {
	case chord.EvLookupHop:
		l.raw.Steps = append(l.raw.Steps, chord.HopTaken{At: e.Peer, Rule: e.Rule})
	case chord.EvLookupTimeout:
		if k := len(l.raw.Steps) - 1; k >= 0 && l.raw.Steps[k].Rule.Next == e.Peer {
			l.raw.Steps[k].Failed = e.Failed
		}
	case chord.EvLookupDone, chord.EvLookupFailed:
		l.raw.Owner, l.raw.Failed, l.raw.Took = e.Peer, e.Reason, e.At-l.began
		s.lookups.end(l, e.Index)
	}
}

// purpose reads what a lookup is for out of how it is made.
func purpose(mode string) string {
	switch mode {
	case chord.OpGet.String(), chord.OpPut.String(), chord.OpDelete.String():
		return mode
	}
	return ""
}

// abandon ends the lookups of an origin that is gone: it will not say how they
// ended.
func (s *Store) abandon(origin chord.Ref) {
	for id, l := range s.lookups.open {
		if id.origin == origin {
			l.raw.Failed = "its origin is gone"
			s.lookups.end(l, 0)
		}
	}
}

// lastLookups returns the lookups that a Picture shows.
func (s *Store) lastLookups() []Lookup {
	var out []Lookup
	for _, l := range s.lookups.latest[max(0, len(s.lookups.latest)-keepLookups):] {
		if l.said == nil {
			w := s.namer().lookup(l.origin, l.raw, l.done)
			w.Number, w.Started, w.For = l.number, l.started, l.purpose
			if l.name != "" {
				w.KeyName = store.Key{ID: l.raw.Key, Name: l.name}.Text(s.cfg.Space)
			}
			if !l.done {
				out = append(out, w)
				continue
			}
			l.said = &w
		}
		out = append(out, *l.said)
	}
	return out
}

// Describe writes a lookup's outcome, as its origin gave it, in the words of
// the screen.
func (s *Store) Describe(origin chord.Ref, c chord.Lookup) Lookup {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.namer().lookup(origin, c, true)
	l.Number, l.Started = c.Number, s.cfg.Clock()-c.Took
	return l
}

// DescribeAccess writes the outcome of a put, get or delete, as the peer it went
// through gave it, in the words of the screen.
func (s *Store) DescribeAccess(at chord.Ref, a chord.Access) Access {
	l := s.Describe(at, a.Lookup)
	l.Key, l.KeyName, l.For = a.Key.ID, a.Key.Text(s.cfg.Space), a.Op.String()
	return Access{
		Op: a.Op.String(), Key: a.Key, KeyName: l.KeyName, Found: a.Found, Value: a.Value,
		Version: a.Version, Copies: a.Copies, Lookup: l, Failed: a.Failed, Took: a.Took,
	}
}

// lookup writes a lookup, which may be under way, in words.
func (n namer) lookup(origin chord.Ref, c chord.Lookup, done bool) Lookup {
	l := Lookup{
		Key: c.Key, KeyName: n.key(c.Key), Origin: origin.ID, Took: c.Took,
		Done: done, Failed: c.Failed, Recursive: c.Recursive,
	}
	l.pass(n, origin.ID)
	for _, h := range c.Steps {
		l.pass(n, h.At.ID)
		next := h.Rule.Next
		l.Steps = append(l.Steps, Step{
			At: h.At.ID, AtName: n.peer(h.At.ID), Next: next.ID, NextName: n.peer(next.ID), HasNext: !next.IsZero(),
			Timeout: h.Failed != chord.Answered, Why: n.rule(n.space.Format(c.Key), h.Rule),
		})
	}
	if done && c.Failed == "" && !c.Owner.IsZero() {
		l.pass(n, c.Owner.ID)
		l.Owner, l.OwnerName, l.Hops = c.Owner.ID, n.peer(c.Owner.ID), len(l.Path)-1
	}
	return l
}

// pass notes that a lookup came to a peer, which counts once.
func (l *Lookup) pass(n namer, id ring.ID) {
	if !slices.Contains(l.Path, id) {
		l.Path = append(l.Path, id)
		l.PathNames = append(l.PathNames, n.peer(id))
	}
}
