package scenarios

import (
	"fmt"
	"slices"

	"chordscope/node/chord"
	"chordscope/node/observe"
	"chordscope/node/ring"
)

// This file has what is different where a host has several virtual nodes: lists
// are longer, and what ends one of them ends all.

// listLength is how long successor lists are. Copies are kept on hosts of their
// own, and the crash of all but one of these is to be survived: of (k-1)v + 1
// entries in a row some are on k-1 other hosts, whoever they are, or the list
// names the whole ring.
func (s Settings) listLength() int {
	if s.VNodes < 2 {
		return s.Successors
	}
	return max(s.Successors, (s.Replicas-1)*s.VNodes+1)
}

// CheckVNodes reports why a ring cannot have so many virtual nodes a host.
func (s Settings) CheckVNodes() error {
	switch n := s.listLength(); {
	case s.VNodes > 1 && s.Processes:
		return fmt.Errorf("vnodes=%d: virtual nodes share the process of their host, which is killed and frozen as one, so not with processes=on; such a host can be added by hand: chordscope peer --vnodes %[1]d --registry ADDR", s.VNodes)
	case n > chord.MaxSuccessors:
		return fmt.Errorf("vnodes=%d with replicas=%d needs successor lists of %d entries, and there may be %d: set fewer of either", s.VNodes, s.Replicas, n, chord.MaxSuccessors)
	}
	return nil
}

// wholeHosts adds to peers of a pool the other virtual nodes of their hosts that
// are in the pool too. Without virtual nodes it adds nobody.
func (r *Runner) wholeHosts(ids []ring.ID, from pool) []ring.ID {
	pic := r.sys.Picture()
	host := func(id ring.ID) string { // also of one that the Picture has forgotten
		if h, killed := r.killed[id]; killed {
			return h
		}
		return hostOf(id, pic)
	}
	out, named, hosts := slices.Clone(ids), make(map[ring.ID]bool), make(map[string]bool)
	for _, id := range ids {
		named[id], hosts[host(id)] = true, true
	}
	for _, id := range from.of(r, pic) {
		if hosts[host(id)] && !named[id] {
			out = append(out, id)
		}
	}
	return out
}

// onePerHost leaves the first one of each host, and none of a host that one of
// those taken is on.
func onePerHost(ids, taken []ring.ID, pic *observe.Picture) []ring.ID {
	seen := hostsOf(taken, pic)
	var out []ring.ID
	for _, id := range ids {
		if host := hostOf(id, pic); !seen[host] {
			seen[host] = true
			out = append(out, id)
		}
	}
	return out
}

func hostsOf(ids []ring.ID, pic *observe.Picture) map[string]bool {
	hosts := make(map[string]bool)
	for _, id := range ids {
		hosts[hostOf(id, pic)] = true
	}
	return hosts
}

// hostOf names the host of a peer; that of one which is not in the Picture any
// more by its own name. Of several lives of a peer the last one is meant.
func hostOf(id ring.ID, pic *observe.Picture) string {
	i, found := slices.BinarySearchFunc(pic.Peers, id, func(p observe.Peer, id ring.ID) int { return p.ID.Compare(id) })
	host := "N" + pic.Space.Format(id)
	for ; found && i < len(pic.Peers) && pic.Peers[i].ID == id; i++ {
		host = pic.Peers[i].HostAddr()
	}
	return host
}

// population says how many peers a ring has, and on how many hosts if these are
// fewer.
func population(pic *observe.Picture) string {
	hosts := hostsOf(idsOf(pic, func(p *observe.Peer) bool { return p.State.Live() }), pic)
	if n := pic.Health.Live; len(hosts) < n {
		return fmt.Sprintf("%s on %s", observe.Plural(n, "virtual node"), observe.Plural(len(hosts), "host"))
	}
	return observe.Plural(pic.Health.Live, "peer")
}
