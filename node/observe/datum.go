package observe

import (
	"slices"
	"time"

	"chordscope/node/ring"
	"chordscope/node/store"
)

// Datum is one key: where it should be, and where it is.
//
// A Picture has every key with a value, and every key that is lost. What counts
// is what peers hold that are members, leaving or silent; those that are dead
// or have left hold nothing.
//
//   - The newest state of a key, a value or a tombstone, is the highest version
//     that a member holds. If no member holds any, or only one older than what
//     was acknowledged, leaving and silent peers count too: they may still hand
//     it over, or come back.
//   - A key is lost if the newest write known to be acknowledged is a put, and
//     nobody holds that version or a later one.
//   - A key is deleted, and not in the Picture, if its newest state is a
//     tombstone, or older than a delete that was acknowledged. Once all who had
//     the tombstone have dropped it, the delete is history: what is held then is
//     a key again.
//
// What is known to be acknowledged is what owners say in their trace and what
// drivers tell with Store.Acknowledged. News of a write and of its copies come
// on different streams, so a write counts as lost no sooner than all its copies
// have been seen, or two seconds have passed.
type Datum struct {
	Key     store.Key
	Name    string   // K54, or "apple" with the quotes
	Owner   ring.ID  // the true one; meaningless if there are no members
	Holders []Holder // in ring order from the owner: who should hold it or does
	State   KeyState
	// Of the newest value, or, of a lost key, of the last one that was
	// acknowledged. Of a lost one that no copy was ever seen of, only the
	// Version is known.
	Version store.Version
	Size    int    // bytes
	Sum     uint64 // store.Sum of the value
	Head    string // its beginning, at most store.MaxHead bytes
}

// Holder is one peer that holds a value of a key, or should.
type Holder struct {
	ID     ring.ID
	Name   string
	Wanted bool // it is the owner or one of the next k-1 members
	Has    bool // it holds the newest value; of a lost key nobody does
	Old    bool // it holds another value, as a rule an older one
}

// KeyState says how well a key is kept by the members.
type KeyState uint8

const (
	Healthy         KeyState = iota // those who should hold the newest value do, and no other member holds any
	UnderReplicated                 // somebody who should hold the newest value does not
	Surplus                         // all who should do, and another member holds a value too
	Lost                            // it was acknowledged, and nobody holds it any more, or only an older value of it
)

var keyStateNames = [...]string{"healthy", "under-replicated", "surplus", "lost"}

func (k KeyState) String() string { return keyStateNames[k] }

// Data sums up the keys of a Picture.
type Data struct {
	Replicas                                int // k, as configured
	Keys                                    int // without lost ones
	Copies                                  int // of values, over all members
	Bytes                                   int // of these
	Healthy, UnderReplicated, Surplus, Lost int // keys by state
	Leftovers                               int // deleted keys of which a member still holds a value
	Tombstones                              int // over all members
	Syncing                                 int // members that do not have all of their range yet
}

// Move is a batch of copies that went from one peer to another. A Picture has
// the last 256 of the last five seconds.
type Move struct {
	Number   uint64 // grows, unique in a Picture's life
	At       time.Duration
	From, To ring.ID
	Range    ring.Interval // of the circle, in which they stand
	Count    int
	Bytes    int
	Why      string // join, leave, repair, surplus; write for the copies of a put
}

// Access is a put, get or delete as the peer it went through saw it.
type Access struct {
	Op      string // put, get or delete
	Key     store.Key
	KeyName string
	Found   bool   // get: there is a value; put and delete: there was one before
	Value   []byte // of a get
	Version store.Version
	Copies  int    // put and delete: on how many peers it is now
	Lookup  Lookup // the way to the owner
	Failed  string // why it failed; empty on success
	Took    time.Duration
}

// Datum returns a key of the Picture, or nil if it is not in it.
func (p *Picture) Datum(key store.Key) *Datum {
	i, found := slices.BinarySearchFunc(p.Keys, key, func(d *Datum, k store.Key) int { return d.Key.Compare(k) })
	if !found {
		return nil
	}
	return p.Keys[i]
}
