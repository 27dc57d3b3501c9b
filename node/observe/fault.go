package observe

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

// LinkFault is what is wrong with the way from one peer to another, which says
// nothing about the way back. The zero value is a sound way.
type LinkFault struct {
	Cut bool // nothing arrives, and no connection ends because of it
	// Each message arrives Delay and a random part of Jitter later.
	Delay, Jitter time.Duration
	// Stall is how likely it is, from 0 to 1, that a message and all behind it
	// are held up for as long as it takes TCP to send a lost segment again.
	Stall float64
}

// String names the fault: "cut", or "delay 200ms, jitter 50ms, drop 30%".
func (f LinkFault) String() string {
	if f.Cut {
		return "cut"
	}
	var parts []string
	if f.Delay > 0 {
		parts = append(parts, "delay "+f.Delay.String())
	}
	if f.Jitter > 0 {
		parts = append(parts, "jitter "+f.Jitter.String())
	}
	if f.Stall > 0 {
		parts = append(parts, fmt.Sprintf("drop %.4g%%", 100*f.Stall))
	}
	return cmp.Or(strings.Join(parts, ", "), "sound")
}

// PeerFault is a fault of the way to a peer, as the peer on this side knows it.
type PeerFault struct {
	Addr string
	LinkFault
}

// Fault is a fault of the way from one peer of a Picture to another.
type Fault struct {
	From, To         ring.ID
	FromName, ToName string
	LinkFault
}

// takeFaults notes the faults of a peer's links.
func (s *Store) takeFaults(p *subject, u Update) (news bool) {
	if !u.AllFaults && len(u.Faults) == 0 {
		return false
	}
	now := make(map[string]LinkFault)
	if !u.AllFaults {
		for _, f := range p.faults {
			now[f.Addr] = f.LinkFault
		}
	}
	for _, f := range u.Faults {
		now[f.Addr] = f.LinkFault
	}
	before := p.faults
	p.faults = nil
	for addr, f := range now {
		if f != (LinkFault{}) {
			p.faults = append(p.faults, PeerFault{addr, f})
		}
	}
	slices.SortFunc(p.faults, func(a, b PeerFault) int { return strings.Compare(a.Addr, b.Addr) })
	s.logFaults(p, before)
	return !slices.Equal(before, p.faults)
}

// logFaults enters what has changed into the log, in one line for all that is
// the same, since a partition changes many links at once.
func (s *Store) logFaults(p *subject, before []PeerFault) {
	fault := func(fs []PeerFault, addr string) LinkFault {
		if i := slices.IndexFunc(fs, func(f PeerFault) bool { return f.Addr == addr }); i >= 0 {
			return fs[i].LinkFault
		}
		return LinkFault{}
	}
	var healed []string
	for _, f := range before {
		if fault(p.faults, f.Addr) == (LinkFault{}) {
			healed = append(healed, f.Addr)
		}
	}
	if len(healed) > 0 {
		s.log(p.snap.Self, "healed", "reaches "+s.addressed(healed)+" again: healed", Good)
	}
	set := make(map[LinkFault][]string)
	var order []LinkFault
	for _, f := range p.faults {
		if fault(before, f.Addr) == f.LinkFault {
			continue
		}
		if set[f.LinkFault] == nil {
			order = append(order, f.LinkFault)
		}
		set[f.LinkFault] = append(set[f.LinkFault], f.Addr)
	}
	for _, f := range order {
		verb := "reaches "
		if f.Cut {
			verb = "does not reach "
		}
		s.log(p.snap.Self, "fault", verb+s.addressed(set[f])+": "+f.String(), Warning)
	}
}

// addressed names the peers at these addresses, of many only the first.
func (s *Store) addressed(addrs []string) string {
	const most = 6
	var ids []ring.ID
	var names []string
	for _, addr := range addrs {
		if p := s.peers[addr]; p != nil {
			ids = append(ids, p.snap.Self.ID)
		} else {
			names = append(names, addr)
		}
	}
	slices.SortFunc(ids, ring.ID.Compare)
	for i, id := range ids {
		names = slices.Insert(names, i, s.namer().peer(id))
	}
	return listed(names, most)
}

// faults lists those of the known peers, which are in identifier order. A way
// to a peer that is not known, since it has been gone for long, has no place in
// a Picture.
func (s *Store) faults(known []*subject) []Fault {
	var out []Fault
	for _, p := range known {
		if !p.state.Present() {
			continue
		}
		from := len(out)
		for _, f := range p.faults {
			if to := s.peers[f.Addr]; to != nil {
				out = append(out, Fault{
					From: p.snap.Self.ID, FromName: p.name, To: to.snap.Self.ID, ToName: to.name, LinkFault: f.LinkFault,
				})
			}
		}
		slices.SortFunc(out[from:], func(a, b Fault) int { return a.To.Compare(b.To) })
	}
	return out
}

// underWay is how long what a peer has said before it was frozen may still be
// on its way to us.
const underWay = time.Second

// SetFrozen says that a peer was frozen, or thawed. A frozen one is
// StateSilent. Drivers tell it, since silence alone takes long to notice, and
// says nothing about its cause. A frozen peer that says something later was
// thawed by somebody else.
func (s *Store) SetFrozen(self chord.Ref, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.peers[self.Addr]
	if p == nil || p.snap.Self != self || !p.state.Present() || p.frozen == on {
		return
	}
	s.freeze(p, on)
	s.follow(p)
	s.touch()
}

// freeze notes that a peer is frozen, or not any more. The lock is held.
func (s *Store) freeze(p *subject, on bool) {
	p.frozen, p.frozenAt = on, s.cfg.Clock()
	if on {
		s.setState(p, StateSilent)
		s.log(p.snap.Self, "frozen", "is frozen: its connections stand, and it says nothing", Warning)
		return
	}
	s.setState(p, stateOf(p.snap.Status))
	s.log(p.snap.Self, "thawed", "goes on after it was frozen", Good)
}

// speaks notes that a peer says something. It returns whether its state has
// changed by that.
func (s *Store) speaks(p *subject, u Update) (news bool) {
	if p.frozen {
		if u.Snapshot == nil && len(u.Events) == 0 || s.cfg.Clock()-p.frozenAt < underWay {
			return false // what is still on its way, or counted by a driver
		}
		s.freeze(p, false)
		return true
	}
	return s.setState(p, stateOf(p.snap.Status))
}
