package registry

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"chordscope/node/ring"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// members is who is registered. It has no clock and no connections: its owner
// says when one is lost, and when the time to come back is over. Not safe for
// concurrent use.
type members struct {
	fixed  *pb.Ring // from the configuration, may be nil
	ring   *pb.Ring // what the registered ones agree on, nil if nobody fixed it
	limit  int
	random *rand.Rand
	tell   func(kind pb.MembershipKind, ref *pb.PeerRef) // hears of each change
	byID   map[ring.ID]*member
	byAddr map[string]*member
	mixed  []*member // all of them, in an order that follows from the seed
}

// member is one registered peer.
type member struct {
	id   ring.ID
	ref  *pb.PeerRef
	lost bool

	place int // in members.mixed

	// Belong to the server.
	link  *wire.Link  // on which it registered last
	timer *time.Timer // the grace time; nil: not lost
}

func newMembers(cfg *Config, tell func(pb.MembershipKind, *pb.PeerRef)) *members {
	return &members{
		fixed: cfg.Ring, ring: cfg.Ring, limit: cfg.MaxPeers, random: rand.New(rand.NewPCG(cfg.Seed, 0)), tell: tell,
		byID: make(map[ring.ID]*member), byAddr: make(map[string]*member),
	}
}

// register enters a peer, or finds it entered already. A lost peer does not
// defend its identifier against another address, a live one does. At one
// address there is one peer, the latest.
func (ms *members) register(ref *pb.PeerRef, params *pb.Ring) (*member, error) {
	if err := wire.CheckRing(params); err != nil {
		return nil, err
	}
	if err := wire.CheckRef(ref, params.GetBits()); err != nil {
		return nil, err
	}
	if err := wire.MatchRings(ms.ring, params); err != nil {
		return nil, err
	}
	id, _ := ring.FromBytes(ref.GetId()) // CheckRef has read it
	old := ms.byID[id]
	switch {
	case old == nil:
		if len(ms.byID) >= ms.limit {
			return nil, &wire.Error{Kind: wire.ErrUnavailable, Detail: fmt.Sprintf("the registry is full: %d peers", ms.limit)}
		}
	case old.ref.GetAddress() != ref.GetAddress():
		if !old.lost {
			return nil, &wire.Error{Kind: wire.ErrTaken, Expected: "a free identifier", Actual: "one that " + old.ref.GetAddress() + " holds"}
		}
		ms.remove(old, pb.MembershipKind_MEMBERSHIP_KIND_EXPIRED)
	case old.ref.GetIncarnation() > ref.GetIncarnation():
		return nil, &wire.Error{Kind: wire.ErrStale, Expected: fmt.Sprint(old.ref.GetIncarnation()), Actual: fmt.Sprint(ref.GetIncarnation())}
	case old.ref.GetIncarnation() == ref.GetIncarnation():
		if old.lost {
			old.lost = false
			ms.tell(pb.MembershipKind_MEMBERSHIP_KIND_BACK, old.ref)
		}
		return old, nil
	}
	if before := ms.byAddr[ref.GetAddress()]; before != nil && before.id != id {
		ms.remove(before, pb.MembershipKind_MEMBERSHIP_KIND_EXPIRED)
	}
	m := &member{id: id, ref: ref, place: len(ms.mixed)}
	ms.mixed = append(ms.mixed, m)
	ms.ring = params
	ms.byID[id], ms.byAddr[ref.GetAddress()] = m, m
	ms.tell(pb.MembershipKind_MEMBERSHIP_KIND_REGISTERED, ref)
	return m, nil
}

// holds reports whether m is still registered.
func (ms *members) holds(m *member) bool { return ms.byID[m.id] == m }

// lose notes that the connection to m broke.
func (ms *members) lose(m *member) {
	if ms.holds(m) && !m.lost {
		m.lost = true
		ms.tell(pb.MembershipKind_MEMBERSHIP_KIND_LOST, m.ref)
	}
}

// expire takes m out if it is lost still.
func (ms *members) expire(m *member) {
	if ms.holds(m) && m.lost {
		ms.remove(m, pb.MembershipKind_MEMBERSHIP_KIND_EXPIRED)
	}
}

// deregister takes out the very peer that ref points at.
func (ms *members) deregister(ref *pb.PeerRef) error {
	id, err := ring.FromBytes(ref.GetId())
	if err != nil {
		return &wire.Error{Kind: wire.ErrMalformed, Detail: err.Error()}
	}
	m := ms.byID[id]
	if m != nil && m.ref.GetAddress() == ref.GetAddress() && m.ref.GetIncarnation() == ref.GetIncarnation() {
		ms.remove(m, pb.MembershipKind_MEMBERSHIP_KIND_DEREGISTERED)
	}
	return nil
}

func (ms *members) remove(m *member, why pb.MembershipKind) {
	last := len(ms.mixed) - 1
	ms.swap(m.place, last)
	ms.mixed[last], ms.mixed = nil, ms.mixed[:last]
	delete(ms.byID, m.id)
	delete(ms.byAddr, m.ref.GetAddress())
	if len(ms.byID) == 0 {
		ms.ring = ms.fixed
	}
	ms.tell(why, m.ref)
}

// list returns everyone in the order of identifiers.
func (ms *members) list() *pb.Members {
	all := slices.SortedFunc(maps.Values(ms.byID), func(a, b *member) int { return a.id.Compare(b.id) })
	out := &pb.Members{Ring: ms.ring, Members: make([]*pb.Member, len(all))}
	for i, m := range all {
		out.Members[i] = &pb.Member{Peer: m.ref, State: pb.MemberState_MEMBER_STATE_LIVE}
		if m.lost {
			out.Members[i].State = pb.MemberState_MEMBER_STATE_LOST
		}
	}
	return out
}

// sample returns at most n live peers at random, but not the one at the
// address except.
func (ms *members) sample(n int, except string) []*pb.PeerRef {
	var refs []*pb.PeerRef
	for i := 0; i < len(ms.mixed) && len(refs) < n; i++ { // as far as needed a shuffle
		ms.swap(i, i+ms.random.IntN(len(ms.mixed)-i))
		if m := ms.mixed[i]; !m.lost && m.ref.GetAddress() != except {
			refs = append(refs, m.ref)
		}
	}
	return refs
}

// swap exchanges two places in mixed.
func (ms *members) swap(i, j int) {
	m := ms.mixed
	m[i], m[j] = m[j], m[i]
	m[i].place, m[j].place = i, j
}
