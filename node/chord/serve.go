package chord

import "chordscope/node/ring"

// receive takes a message from another peer. Requests are answered at once,
// from a consistent state, except recursive lookups, which take their time.
func (p *Peer) receive(m Receive) {
	if !p.another(m.From) {
		return
	}
	if e := p.book.at(m.From.Addr); e != nil && e.ref.Inc > m.From.Inc {
		return // a voice from before its restart
	}
	p.ways.use(m.From, p.now).Received++
	if p.trace.on {
		p.tellMessage(EvReceived, m.From, m.Request, m.Answer, m.Body)
	}
	p.heard(m.From)
	if m.Answer != 0 {
		p.answered(m.From, m.Answer, m.Body)
		return
	}
	from, request := m.From, m.Request
	reply := func(b Body) {
		if request != 0 {
			p.dispatch(Send{To: from, Answer: request, Body: b})
		}
	}
	if find, ok := m.Body.(FindOwner); ok && p.status == StatusMember {
		p.findFor(find, reply)
		return
	}
	if p.status == StatusMember && p.serveOwner(from, m.Body, reply) {
		return
	}
	reply(p.serve(from, m.Body))
}

// serve answers a request. A peer that is not a member answers only Ping:
// otherwise it could be adopted with an empty list.
func (p *Peer) serve(from Ref, m Body) Body {
	switch m := m.(type) {
	case Ping:
		return Ack{}
	case NextHop:
		if p.status == StatusMember || p.status == StatusLeaving {
			p.checkSilent(m.Avoid)
			return Hop{Rule: p.route(m.Key, m.Avoid)}
		}
	case Leaving:
		if p.status == StatusMember || p.status == StatusLeaving {
			p.peerLeaves(from, m)
			return Ack{}
		}
	}
	if p.status != StatusMember {
		return Refusal{Code: CodeNotMember, Detail: p.status.String()}
	}
	switch m := m.(type) {
	case GetState:
		st := State{Predecessor: p.pred, Successors: p.succs}
		if m.Fingers {
			st.Fingers = p.distinctFingers()
		}
		return st
	case Owns:
		p.checkSilent(m.Avoid)
		return p.owns(m.Key)
	case Notify:
		if p.cfg.Original {
			p.originalNotify(from)
		} else {
			p.rectify(from)
		}
		return Ack{}
	case Hint:
		p.consider(m.Candidate)
		return Ack{}
	}
	if answer := p.serveData(from, m); answer != nil {
		return answer
	}
	return Refusal{Code: CodeUnimplemented}
}

// serveOwner deals with what only the owner of a key can answer, which may take
// a while; false: it is none of that.
func (p *Peer) serveOwner(from Ref, m Body, reply func(Body)) bool {
	switch m := m.(type) {
	case Read:
		p.read(m, reply)
	case Write:
		p.write(from, m, reply)
	case Cover:
		p.cover(from, m.Range, reply)
	default:
		return false
	}
	return true
}

// owns tests the own range for others.
func (p *Peer) owns(key ring.ID) Ownership {
	switch {
	case p.pred.IsZero():
		return Ownership{Yes: p.alone()}
	case ring.OpenClosed(p.pred.ID, p.self.ID).Contains(key):
		return Ownership{Yes: true, Predecessor: p.pred}
	}
	return Ownership{Predecessor: p.pred}
}

func (p *Peer) distinctFingers() []Ref {
	var out []Ref
	for _, f := range p.fingers {
		if !f.IsZero() && f.ID != p.self.ID && (len(out) == 0 || out[len(out)-1] != f) {
			out = append(out, f)
		}
	}
	return out
}
