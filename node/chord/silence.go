package chord

import "slices"

// checkSilent pings neighbours that did not answer somebody else's lookup.
// Hearsay drops nobody: that takes two time-outs of our own. But the lookup
// waits for it, since until then the keys of a silent owner have no other one,
// and the clock may be far from the next check.
func (p *Peer) checkSilent(addrs []string) {
	if len(addrs) == 0 || p.paused || p.cfg.Original {
		return
	}
	for r := range p.Neighbours {
		if slices.Contains(addrs, r.Addr) && !p.suspected(r) && !p.heardLately(r) && len(p.callsTo(r.Addr)) == 0 {
			p.ping(r)
		}
	}
}

// heardLately bounds what others can make us send.
func (p *Peer) heardLately(r Ref) bool {
	e := p.book.get(r)
	return e != nil && e.heard > 0 && p.now-e.heard < p.cfg.Timeout
}

// askAgain asks the candidate c once more in a while, since it does not know its
// predecessor, or takes one for alive that has not answered us. It has been told
// so, and so has the peer that named c; once both have found it silent, the key
// is c's.
func (p *Peer) askAgain(s *search, c Ref) {
	p.shortly(s, func() { p.verify(s, c) })
}
