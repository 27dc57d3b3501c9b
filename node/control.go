package node

import (
	"crypto/subtle"

	"chordscope/node/chord"
	"chordscope/node/codec"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// command is a control request on its way to the owner goroutine. It overtakes
// what waits in the inbox, since a frozen peer takes nothing from there.
type command struct {
	link    *wire.Link
	request *pb.ControlRequest
	reply   func(pb.Body)
}

// command hands a control request of whoever knows the control key to the owner
// goroutine. It runs in the link's reader goroutine.
func (p *Peer) command(l *wire.Link, env *pb.Envelope) {
	// An answer that cannot be sent has nobody left who waits for it.
	reply := func(body pb.Body) { _ = l.Send(&pb.Envelope{Answer: env.GetRequest(), Body: body}) }
	request := env.GetControlRequest()
	if key := p.cfg.ControlKey; len(key) == 0 || subtle.ConstantTimeCompare(request.GetKey(), key) != 1 {
		reply(wire.ErrorBody(&wire.Error{Kind: wire.ErrUnauthorized, Detail: "the control key is not this peer's"}))
		return
	}
	select {
	case p.commands <- command{l, request, reply}:
	case <-p.quit:
	}
}

// obey carries out a command and answers it. It runs in the owner goroutine.
func (p *Peer) obey(c command) {
	if _, crash := c.request.GetAction().(*pb.ControlRequest_Crash); crash {
		p.end(true) // no answer: that is what a crash is
		return
	}
	if err := p.carryOut(c.link, c.request); err != nil {
		c.reply(wire.ErrorBody(err))
		return
	}
	c.reply(&pb.Envelope_Ack{Ack: &pb.Ack{}})
}

func (p *Peer) carryOut(l *wire.Link, c *pb.ControlRequest) error {
	if _, thaw := c.GetAction().(*pb.ControlRequest_Thaw); p.frozen && !thaw {
		return &wire.Error{Kind: wire.ErrUnavailable, Detail: "the peer is frozen"}
	}
	space := p.cfg.Chord.Space
	switch a := c.GetAction().(type) {
	case *pb.ControlRequest_Leave:
		p.leave()
	case *pb.ControlRequest_Pause:
		p.step(chord.Pause{})
	case *pb.ControlRequest_Resume:
		p.step(chord.Resume{})
	case *pb.ControlRequest_RunTask:
		task, err := codec.DecodeTask(a.RunTask.GetTask())
		if err != nil {
			return err
		}
		if p.core.Status() != chord.StatusMember {
			return wire.ErrNotMember
		}
		p.step(chord.Run{Task: task})
	case *pb.ControlRequest_SetTrace:
		p.traceFor(l, a.SetTrace.GetOn())
	case *pb.ControlRequest_SetPace:
		factor, err := codec.DecodePace(a.SetPace)
		if err != nil {
			return err
		}
		p.step(chord.Pace{Factor: factor})
	case *pb.ControlRequest_Freeze:
		p.freeze(true)
	case *pb.ControlRequest_Thaw:
		p.freeze(false)
	case *pb.ControlRequest_Poison:
		poison, err := codec.DecodePoison(space, p.ref, a.Poison)
		if err != nil {
			return err
		}
		if p.core.Status() != chord.StatusMember {
			return wire.ErrNotMember
		}
		p.step(poison)
	case *pb.ControlRequest_Meet:
		refs, err := codec.DecodeMeet(space, a.Meet)
		if err != nil {
			return err
		}
		p.step(chord.Known{Peers: refs})
	default:
		return p.disturbLinks(c)
	}
	return nil
}

// traceFor has the peer traced for whoever is at the other end of a link, or not
// any more. It is as long as anybody wants it.
func (p *Peer) traceFor(l *wire.Link, on bool) {
	if on {
		p.tracers[l] = true
	} else {
		delete(p.tracers, l)
	}
	p.step(chord.Trace{On: len(p.tracers) > 0})
}

// ended is told by the hub when a link has ended. It runs in the link's reader
// goroutine.
func (p *Peer) ended(l *wire.Link, _ error) {
	if l.Remote().GetSelf() == nil { // peers do not trace each other
		p.inbox.put(item{do: func() {
			if p.tracers[l] {
				p.traceFor(l, false)
			}
		}})
	}
}

// disturbLinks carries out the commands about links.
func (p *Peer) disturbLinks(c *pb.ControlRequest) error {
	switch a := c.GetAction().(type) {
	case *pb.ControlRequest_SetFault:
		addr, fault, err := codec.DecodeFault(a.SetFault.GetFault())
		if err != nil {
			return err
		}
		p.hub.SetFault(addr, fault)
	case *pb.ControlRequest_Heal:
		for addr := range p.hub.Faults() {
			p.hub.SetFault(addr, wire.Fault{})
		}
	case *pb.ControlRequest_ResetLink:
		addr := a.ResetLink.GetAddress()
		if err := wire.CheckAddress(addr); err != nil {
			return err
		}
		p.hub.ResetLink(addr) // without a connection there is nothing to break
		return nil
	default:
		return wire.ErrUnimplemented
	}
	p.watch.noteFaults(p)
	return nil
}

// freeze stops the peer as if its process was stopped, or lets it go on: the
// owner goroutine then takes nothing but commands, so that no step is made and
// no watcher told, and the hub serves no links but those of clients, on which
// the thaw may come.
func (p *Peer) freeze(on bool) {
	if p.frozen == on {
		return
	}
	p.frozen = on
	p.hub.Freeze(on)
	if !on {
		p.step(chord.Wake{})
	}
}
