package node

import (
	"chordscope/node/chord"
	"chordscope/node/codec"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// receive takes a message from a link. It runs in the link's reader goroutine.
func (p *Peer) receive(l *wire.Link, env *pb.Envelope) {
	defer p.panics()
	if env.GetControlRequest() != nil {
		p.command(l, env)
		return
	}
	p.inbox.put(item{link: l, env: env})
}

// serve carries out a message. It runs in the owner goroutine, also what needs no
// core: a reader has a stack for each link, which should stay small.
func (p *Peer) serve(l *wire.Link, env *pb.Envelope) {
	request := env.GetRequest()
	// An answer that cannot be sent has nobody left who waits for it.
	reply := func(body pb.Body) { _ = l.Send(&pb.Envelope{Answer: request, Body: body}) }
	switch b := env.GetBody().(type) {
	case *pb.Envelope_LookupRequest:
		p.serveLookup(l, request, b.LookupRequest)
	case *pb.Envelope_AccessRequest:
		p.serveAccess(l, request, b.AccessRequest)
	case *pb.Envelope_StateRequest:
		p.watch.catchUp(p)
		reply(&pb.Envelope_PeerState{PeerState: p.state()})
	case *pb.Envelope_WatchRequest:
		if p.watch.of(l) >= maxWatches {
			reply(wire.ErrorBody(&wire.Error{Kind: wire.ErrUnavailable, Detail: "too many watches on one connection"}))
			return
		}
		p.watch.add(p, l, request, b.WatchRequest.GetMask())
	case *pb.Envelope_Cancel:
		p.watch.cancel(l, b.Cancel.GetRequest())
	default:
		if in := p.hear(l, env); in != nil {
			p.step(in)
		}
	}
}

// hear returns a message from another peer for the core, nil after refusing it.
func (p *Peer) hear(l *wire.Link, env *pb.Envelope) chord.Input {
	body, err := codec.Decode(p.cfg.Chord.Space, env)
	var from chord.Ref
	if err == nil {
		from, err = codec.DecodeRef(p.cfg.Chord.Space, l.Remote().GetSelf())
	}
	if err == nil && from.IsZero() {
		err = &wire.Error{Kind: wire.ErrUnauthorized, Detail: "only peers may send this message"}
	}
	if err != nil {
		if env.GetRequest() != 0 {
			_ = l.Send(&pb.Envelope{Answer: env.GetRequest(), Body: wire.ErrorBody(err)})
		}
		return nil
	}
	p.got++
	return chord.Receive{From: from, Request: env.GetRequest(), Answer: env.GetAnswer(), Body: body}
}

func (p *Peer) serveLookup(l *wire.Link, request uint64, req *pb.LookupRequest) {
	key, err := wire.ReadID(p.cfg.Chord.Space, req.GetKey())
	if err == nil {
		err = p.asked.admit(l)
	}
	if err != nil {
		_ = l.Send(&pb.Envelope{Answer: request, Body: wire.ErrorBody(err)})
		return
	}
	p.find(chord.Find{Key: key, Recursive: req.GetRecursive()}, func(found chord.Lookup) {
		p.asked.reply(l, &pb.Envelope{Answer: request, Body: &pb.Envelope_LookupResult{LookupResult: codec.EncodeLookup(&found)}})
	})
}

func (p *Peer) serveAccess(l *wire.Link, request uint64, req *pb.AccessRequest) {
	op, key, value, err := codec.DecodeAccessRequest(p.cfg.Chord.Space, req)
	if err == nil {
		err = p.asked.admit(l)
	}
	if err != nil {
		_ = l.Send(&pb.Envelope{Answer: request, Body: wire.ErrorBody(err)})
		return
	}
	p.access(op, key, value, func(a chord.Access) {
		p.asked.reply(l, &pb.Envelope{Answer: request, Body: &pb.Envelope_AccessResult{AccessResult: codec.EncodeAccess(&a)}})
	})
}
