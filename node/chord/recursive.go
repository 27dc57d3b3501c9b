package chord

import "slices"

// forward is the step of a recursive lookup: the next peer finds the owner by
// itself, as in ToN figure 5, and tells us.
func (p *Peer) forward(s *search, next Ref) {
	req := FindOwner{Key: s.key, Avoid: slices.Clone(s.avoid), TTL: s.ttl - 1}
	p.call(next, req, true, func(b Body, err error) {
		switch b := b.(type) {
		case Found:
			if b.Owner != p.self && !p.another(b.Owner) {
				break
			}
			for _, h := range b.Hops {
				p.took(s, h.At, h.Rule)
				s.steps[len(s.steps)-1].Failed = h.Failed
			}
			p.lookupDone(s, b.Owner, b.Predecessor)
			return
		case Refusal:
			if s.ttl < hopLimit && (b.Code == CodeNoOwner || b.Code == CodeHopLimit) {
				// It has tried. If every hop tried the others as well, the
				// messages would multiply; that is left to the origin.
				p.lookupFailed(s, "no owner was found further on")
				return
			}
			err = refused{b}
		}
		if err == nil {
			err = errStrange
		}
		p.stepFailed(s, next, err)
	})
}

// findFor serves FindOwner: the recursive lookup on behalf of another peer.
func (p *Peer) findFor(m FindOwner, reply func(Body)) {
	if m.TTL <= 0 {
		reply(Refusal{Code: CodeHopLimit})
		return
	}
	p.startSearch(&search{
		key: m.Key, recursive: true, ttl: min(m.TTL, hopLimit-1), never: m.Avoid, quiet: true,
		retries: maxRetries, // trying again is left to the origin
		then: func(l Lookup) {
			if l.Failed != "" {
				reply(Refusal{Code: CodeNoOwner, Detail: l.Failed})
				return
			}
			reply(Found{Owner: l.Owner, Predecessor: l.Predecessor, Hops: l.Steps})
		},
	})
}
