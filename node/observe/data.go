package observe

import (
	"slices"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// How many moves a Picture has, and for how long.
const (
	keepMoves = 256
	freshMove = 5 * time.Second
)

// Acknowledged tells of a put, or a delete, that a client was promised to be
// kept. Drivers tell it at once, since the events of a peer that crashes right
// afterwards may never come. To tell it twice does no harm.
func (s *Store) Acknowledged(key store.Key, v store.Version, deleted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys.promised(key, v, deleted, 0, s.cfg.Clock()) {
		s.touch()
	}
}

// takeKeys notes what a peer holds.
func (s *Store) takeKeys(p *subject, u Update) (news bool) {
	if u.AllKeys || len(u.Gone)+len(u.Keys) > 0 {
		s.healing.sound.keysAt = s.cfg.Clock()
	}
	if u.AllKeys {
		s.keys.holdAll(p, u.Keys)
		return true
	}
	for _, k := range u.Gone {
		s.keys.drop(p, k)
	}
	for _, e := range u.Keys {
		s.keys.hold(p, e)
	}
	return len(u.Gone)+len(u.Keys) > 0
}

// takeData notes what an event tells about keys.
func (s *Store) takeData(self chord.Ref, e chord.Event) {
	key := store.Key{ID: e.Key, Name: e.Name}
	switch e.Kind {
	case chord.EvPut, chord.EvDeleted:
		s.keys.promised(key, e.Version, e.Kind == chord.EvDeleted, e.Index, s.cfg.Clock())
	case chord.EvReplica:
		m := Move{From: e.Peer.ID, To: self.ID, Count: 1, Why: chord.CauseWrite.String()}
		m.Range = ring.OpenClosed(s.cfg.Space.Add(e.Key, s.cfg.Space.Last()), e.Key) // the key alone
		m.Bytes = s.keys.size(s.peers[self.Addr], key)
		s.move(m)
	case chord.EvTook:
		s.move(Move{From: e.Peer.ID, To: self.ID, Range: e.Range, Count: e.Index, Bytes: e.Last, Why: e.Cause.String()})
	}
}

func (s *Store) move(m Move) {
	s.moved++
	m.Number, m.At = s.moved, s.cfg.Clock()
	if len(s.moves) >= 4*keepMoves {
		s.moves = slices.Clone(s.moves[len(s.moves)-keepMoves:])
	}
	s.moves = append(s.moves, m)
}

// lastMoves returns the moves that a Picture shows. The Store only ever appends
// to them, so they can be shared.
func (s *Store) lastMoves(now time.Duration) []Move {
	from := max(0, len(s.moves)-keepMoves)
	for from < len(s.moves) && now-s.moves[from].At > freshMove {
		from++
	}
	s.moves = s.moves[from:]
	return s.moves[:len(s.moves):len(s.moves)]
}
