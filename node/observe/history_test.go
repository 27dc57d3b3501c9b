package observe

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"chordscope/node/chord"
	"chordscope/node/store"
)

// history is a random one, and what is to be known of it.
type history struct {
	*scene
	rng   *rand.Rand
	k     int
	peers []*witness
	keys  []store.Key
	acks  map[store.Key]*ack
	shown map[string]int
}

type witness struct {
	ref   chord.Ref
	state State
	held  map[store.Key]store.Entry
}

func (w *witness) there() bool  { return w.state >= StateMember && w.state <= StateSilent }
func (w *witness) member() bool { return w.state == StateMember }

// ack is the newest write that was acknowledged.
type ack struct {
	entry   store.Entry
	at      time.Duration
	allSeen bool // all the copies
	known   bool // the value, since a copy was seen
}

func (a *ack) settled(now time.Duration) bool { return a.allSeen || now-a.at >= 2*time.Second }

// act lets one random thing happen.
func (h *history) act() {
	live := slices.DeleteFunc(slices.Clone(h.peers), func(w *witness) bool { return w.state >= StateSilent })
	if len(live) == 0 || len(h.peers) < 9 && h.rng.IntN(8) == 0 {
		r := chord.Ref{ID: h.cfg.Space.At(h.rng.Float64()), Addr: fmt.Sprint("peer ", len(h.peers)), Inc: 1}
		if !slices.ContainsFunc(h.peers, func(w *witness) bool { return w.ref.ID == r.ID }) {
			h.appear(r)
		}
		return
	}
	w := live[h.rng.IntN(len(live))]
	switch x := h.rng.IntN(40); {
	case x < 1:
		w.state = map[State]State{StateMember: StateDead, StateLeaving: StateLeft}[w.state]
		h.Gone(w.ref, StateDead)
	case x < 2:
		w.state = StateSilent
		h.Gone(w.ref, StateSilent)
	case x < 3:
		h.says(w, chord.StatusLeaving, StateLeaving)
	case x < 4:
		h.says(w, chord.StatusGone, StateLeft)
	case x < 6:
		h.revive(h.peers[h.rng.IntN(len(h.peers))])
	case x < 8:
		w.held = make(map[store.Key]store.Entry)
		h.hold(w, true, h.entries(w, h.rng.IntN(12)))
	case x < 14:
		h.forget(w)
	case x < 20:
		h.acknowledge()
	case x < 22:
		h.now += time.Duration(h.rng.Int64N(int64(3 * time.Second)))
	default:
		h.hold(w, false, h.entries(w, 1+h.rng.IntN(3)))
	}
}

func (h *history) says(w *witness, status chord.Status, state State) {
	w.state = state
	h.Apply(Update{Self: w.ref, Snapshot: &chord.Snapshot{Self: w.ref, Status: status, Fingers: make([]chord.Ref, h.cfg.Space.Bits())}})
}

func (h *history) appear(r chord.Ref) {
	w := &witness{ref: r, held: make(map[store.Key]store.Entry)}
	h.peers = append(h.peers, w)
	h.says(w, chord.StatusMember, StateMember)
}

// revive lets a silent peer speak again, and starts others anew.
func (h *history) revive(w *witness) {
	if w.state == StateSilent {
		h.says(w, chord.StatusMember, StateMember)
		return
	}
	h.peers = slices.DeleteFunc(h.peers, func(o *witness) bool { return o == w })
	r := w.ref
	r.Inc++
	h.appear(r)
}

func (h *history) hold(w *witness, all bool, es []store.Entry) {
	for _, e := range es {
		w.held[e.Key] = e
		if a := h.acks[e.Key]; a != nil && a.entry.Version == e.Version {
			a.known = true
		}
	}
	h.Apply(Update{Self: w.ref, AllKeys: all, Keys: es})
}

// entries makes up what a peer may hold: versions that others hold as well, or
// new ones.
func (h *history) entries(w *witness, n int) []store.Entry {
	byKey := make(map[store.Key]store.Entry)
	for range n {
		key := h.keys[h.rng.IntN(len(h.keys))]
		if o := h.peers[h.rng.IntN(len(h.peers))]; h.rng.IntN(4) > 0 && o.holds(key) {
			byKey[key] = o.held[key]
			continue
		}
		byKey[key] = entry(key, uint64(1+h.rng.IntN(4)), w.ref, h.rng.IntN(4) == 0)
	}
	var out []store.Entry
	for _, key := range h.keys {
		if e, made := byKey[key]; made {
			out = append(out, e)
		}
	}
	return out
}

// entry is the only one with its version.
func entry(key store.Key, counter uint64, owner chord.Ref, deleted bool) store.Entry {
	e := store.Entry{Key: key, Version: store.Version{Counter: 2 * counter, Node: owner.ID, Inc: owner.Inc}, Deleted: deleted}
	if deleted {
		e.Version.Counter++ // so that no value has the version of a tombstone
		return e
	}
	value := fmt.Sprint("value ", counter, " of ", owner.Addr)
	e.Size, e.Sum, e.Head = len(value), store.Sum([]byte(value)), value
	return e
}

func (h *history) forget(w *witness) {
	var gone []store.Key
	for _, key := range h.keys {
		if w.holds(key) && h.rng.IntN(3) == 0 {
			gone = append(gone, key)
			delete(w.held, key)
		}
	}
	h.Apply(Update{Self: w.ref, Gone: gone})
}

// acknowledge has a write acknowledged, by its owner, who says how many copies
// there are, or by a client, who does not. Mostly there are some.
func (h *history) acknowledge() {
	key := h.keys[h.rng.IntN(len(h.keys))]
	by := h.peers[h.rng.IntN(len(h.peers))]
	e := entry(key, uint64(1+h.rng.IntN(4)), by.ref, h.rng.IntN(4) == 0)
	if held := h.peers[h.rng.IntN(len(h.peers))].held[key]; !held.Version.IsZero() && h.rng.IntN(5) > 0 {
		e = held
	}
	copies, a := 0, &ack{entry: e, at: h.now}
	for _, w := range h.peers {
		if w.there() && w.held[key].Version.Compare(e.Version) >= 0 {
			copies++
		}
		a.known = a.known || w.there() && w.held[key] == e
	}
	kind := chord.EvPut
	if e.Deleted {
		kind = chord.EvDeleted
	}
	if by.state < StateSilent && h.rng.IntN(2) == 0 {
		a.allSeen = copies > 0
		h.Apply(Update{Self: by.ref, Events: []chord.Event{{Kind: kind, Key: key.ID, Name: key.Name, Version: e.Version, Index: copies}}})
	} else {
		h.Acknowledged(key, e.Version, e.Deleted)
	}
	old := h.acks[key]
	switch {
	case old == nil || old.entry.Version.Compare(e.Version) < 0:
	case old.entry.Version == e.Version:
		old.allSeen = old.allSeen || a.allSeen
		return
	case h.newest(key, (*witness).there).Version.Compare(old.entry.Version) >= 0:
		return // late news
	case !old.settled(h.now) && old.entry.Version.Node == e.Version.Node && old.entry.Version.Inc == e.Version.Inc:
		return
	}
	h.acks[key] = a
}

// newest returns the highest version that some of the peers hold.
func (h *history) newest(key store.Key, of func(*witness) bool) (best store.Entry) {
	for _, w := range h.peers {
		if e := w.held[key]; of(w) && e.Version.Compare(best.Version) > 0 {
			best = e
		}
	}
	return best
}
