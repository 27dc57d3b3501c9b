// Package sim runs many Chord peers in virtual time: the same core as the real
// peers, on one event heap, with all randomness from one seed. The same seed
// gives the same run, event by event. It is the instant, repeatable driver of
// scenarios and the ground of the proof tests.
//
// A Sim is not safe for concurrent use.
package sim

import (
	"fmt"
	"math/rand/v2"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

// Config of a simulation. Start from Default.
type Config struct {
	Space ring.Space
	Seed  uint64

	// Peer makes the configuration of a new peer; the Sim sets Self, Space and
	// Seed. nil: chord.Default.
	Peer func(*chord.Config)

	// A message takes MinLatency to MaxLatency, uniformly, but never overtakes
	// an earlier one on the same link.
	MinLatency, MaxLatency time.Duration
	// Drop is the probability that a message is lost without a trace.
	Drop float64

	// Sample is how often every peer is told of a few random live ones, as the
	// registry does for real peers; 0: never. SampleSize peers each time.
	Sample     time.Duration
	SampleSize int
}

// Default returns a configuration with the latencies of a fast local network
// and the registry's sampling on.
func Default(space ring.Space, seed uint64) Config {
	return Config{
		Space: space, Seed: seed,
		MinLatency: 500 * time.Microsecond, MaxLatency: 2 * time.Millisecond,
		Sample: 2 * time.Second, SampleSize: 3,
	}
}

// Sim is a virtual network of peers.
type Sim struct {
	cfg    Config
	rng    *rand.Rand
	now    time.Duration
	queue  queue
	hosts  []*Host
	byAddr map[string]*Host // the newest at each address
	ports  int

	registryDown bool

	// Sent counts the messages between peers.
	Sent uint64

	// OnEffects, if set, is called after every step of a peer, before its
	// effects are carried out. It may look at the peer and keep nothing of fx.
	OnEffects func(h *Host, fx *chord.Effects)
}

// Host is one peer in the simulation and the machine it runs on.
type Host struct {
	Ref  chord.Ref
	Peer *chord.Peer

	num    int
	dead   bool
	diedAt time.Duration
	frozen bool
	stash  []*event // what arrived while frozen
	wakeAt time.Duration
	last   map[int]time.Duration // arrival of the last message to each host
	sent   uint64
	recv   uint64
	faults map[string]Fault // of the ways to others, by address
}

// Frozen reports whether the host is frozen.
func (h *Host) Frozen() bool { return h.frozen }

// Live reports whether the host still runs: it has not crashed or left.
func (h *Host) Live() bool { return !h.dead }

// Sent and Received count the peer's messages.
func (h *Host) Sent() uint64     { return h.sent }
func (h *Host) Received() uint64 { return h.recv }

// New returns an empty simulation at time zero.
func New(cfg Config) *Sim {
	s := &Sim{cfg: cfg, byAddr: make(map[string]*Host), rng: rand.New(rand.NewPCG(cfg.Seed, 0x43686f7264))}
	if cfg.Sample > 0 {
		s.at(cfg.Sample, s.sample)
	}
	return s
}

// Now returns the virtual time since the start.
func (s *Sim) Now() time.Duration { return s.now }

// Hosts returns all hosts ever started, in order. The slice must not be changed.
func (s *Sim) Hosts() []*Host { return s.hosts }

// NextAddr returns the address of the next host to be started.
func (s *Sim) NextAddr() string { return fmt.Sprintf("127.0.0.1:%d", 4000+s.ports) }

// SkipAddr passes over an address, for example because its hash is taken.
func (s *Sim) SkipAddr() { s.ports++ }

// Start starts a host with a peer that is idle, at NextAddr.
func (s *Sim) Start(id ring.ID) *Host {
	addr := s.NextAddr()
	s.ports++
	return s.start(chord.Ref{ID: id, Addr: addr, Inc: 1})
}

// StartBeside starts another virtual node on the host that h is the first one of.
// It has an address of its own.
func (s *Sim) StartBeside(h *Host, id ring.ID) *Host {
	addr := s.NextAddr()
	s.ports++
	return s.start(chord.Ref{ID: id, Addr: addr, Inc: 1, Host: h.Ref.HostAddr()})
}

// Restart starts a dead host again: same address and identifier, a new
// incarnation with an empty memory.
func (s *Sim) Restart(h *Host) *Host {
	ref := h.Ref
	ref.Inc++
	return s.start(ref)
}

func (s *Sim) start(ref chord.Ref) *Host {
	cfg := chord.Default(ref, s.cfg.Space)
	if s.cfg.Peer != nil {
		s.cfg.Peer(&cfg)
	}
	cfg.Self, cfg.Space = ref, s.cfg.Space
	cfg.Seed = s.rng.Uint64()
	p, err := chord.New(cfg)
	if err != nil {
		panic(err) // the caller's configuration: checked by those who take input
	}
	h := &Host{Ref: ref, Peer: p, num: len(s.hosts), last: make(map[int]time.Duration)}
	s.hosts = append(s.hosts, h)
	s.byAddr[ref.Addr] = h
	return h
}

// Do gives a command to a peer now, or as soon as it is thawed.
func (s *Sim) Do(h *Host, in chord.Input) {
	switch {
	case h.dead:
	case h.frozen:
		h.stash = append(h.stash, &event{to: h, in: in})
	default:
		s.step(h, in)
	}
}

// Crash ends a host without a word: its connections break, its port refuses.
func (s *Sim) Crash(h *Host) {
	if h.dead {
		return
	}
	h.dead, h.diedAt, h.stash = true, s.now, nil
	for _, o := range s.hosts {
		if o.dead {
			continue
		}
		for r := range o.Peer.Neighbours {
			if r == h.Ref {
				s.push(&event{at: s.now + s.latency(), to: o, in: chord.Lost{Addr: h.Ref.Addr}})
				break
			}
		}
	}
}

// Freeze stops a host without closing anything: it answers nothing until Thaw,
// and then finds everything that has arrived meanwhile.
func (s *Sim) Freeze(h *Host) { h.frozen = true }

// Thaw ends Freeze.
func (s *Sim) Thaw(h *Host) {
	h.frozen = false
	stash := h.stash
	h.stash = nil
	for _, e := range stash {
		e.at = s.now
		s.push(e)
	}
}

// SetRegistry lets the registry go down, or come up again: while it is down,
// nobody is told of others.
func (s *Sim) SetRegistry(up bool) { s.registryDown = !up }

// SetDrop changes the probability that a message is lost.
func (s *Sim) SetDrop(p float64) { s.cfg.Drop = p }

// At calls f at the time from now.
func (s *Sim) At(d time.Duration, f func()) { s.at(s.now+d, f) }

func (s *Sim) at(t time.Duration, f func()) { s.push(&event{at: t, f: f}) }

// Next carries out the next event and reports whether there was one.
func (s *Sim) Next() bool {
	if s.queue.empty() {
		return false
	}
	e := s.queue.pop()
	s.now = max(s.now, e.at)
	s.carryOut(e)
	return true
}

// RunFor lets virtual time pass.
func (s *Sim) RunFor(d time.Duration) {
	end := s.now + d
	for !s.queue.empty() && s.queue.next() <= end {
		s.Next()
	}
	s.now = end
}

// RunUntil lets time pass until cond holds, which is tested after every event,
// at most for the time within. It returns whether cond held.
func (s *Sim) RunUntil(within time.Duration, cond func() bool) bool {
	end := s.now + within
	for !cond() {
		if s.queue.empty() || s.queue.next() > end {
			s.now = end
			return cond()
		}
		s.Next()
	}
	return true
}

// Snapshots returns what the live members believe, in the order they were
// started.
func (s *Sim) Snapshots() []*chord.Snapshot {
	var out []*chord.Snapshot
	for _, h := range s.hosts {
		if !h.dead {
			if snap := h.Peer.Snapshot(); snap.Status == chord.StatusMember {
				out = append(out, &snap)
			}
		}
	}
	return out
}

// InFlight calls f for every message that has been sent to a live host and has
// not arrived.
func (s *Sim) InFlight(f func(to *Host, m chord.Receive)) {
	for i := range s.queue.slots {
		e := s.queue.slots[i].e
		if m, ok := e.in.(chord.Receive); ok && e.to != nil && !e.to.dead {
			f(e.to, m)
		}
	}
	for _, h := range s.hosts {
		for _, e := range h.stash {
			if m, ok := e.in.(chord.Receive); ok {
				f(h, m)
			}
		}
	}
}

func (s *Sim) latency() time.Duration {
	spread := s.cfg.MaxLatency - s.cfg.MinLatency
	return s.cfg.MinLatency + time.Duration(s.rng.Int64N(int64(spread)+1))
}

// sample is the registry's part: it tells every peer of a few live ones.
func (s *Sim) sample() {
	var live []*Host
	for _, h := range s.hosts {
		if !h.dead && h.Peer.Status() == chord.StatusMember {
			live = append(live, h)
		}
	}
	for _, h := range live {
		if h.frozen || s.registryDown {
			continue
		}
		var refs []chord.Ref
		for range s.cfg.SampleSize {
			refs = append(refs, live[s.rng.IntN(len(live))].Ref)
		}
		s.step(h, chord.Known{Peers: refs})
	}
	s.at(s.now+s.cfg.Sample, s.sample)
}
