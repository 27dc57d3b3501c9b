package wire

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"time"

	pb "chordscope/proto"
)

// errConnected says that a dial was given up because the peer's own came first.
var errConnected = errors.New("the peer has dialled us")

// startDial begins to dial p unless that is under way; mu is held.
func (h *Hub) startDial(p *peer) {
	if p.cancel != nil || h.over {
		return
	}
	p.stopTimer()
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	h.wg.Go(func() {
		h.gate.wait()
		limited, stop := context.WithTimeout(ctx, h.cfg.Limits.DialTimeout)
		l, err := h.dialWithin(limited, p)
		stop()
		cancel()
		h.gate.wait()
		h.dialled(p, err)
		if err == nil {
			h.read(l)
		}
	})
}

// dialWithin is dial as soon as the budget allows it. After a success there is
// an end to be released.
func (h *Hub) dialWithin(ctx context.Context, p *peer) (*Link, error) {
	if err := h.cfg.Budget.acquire(ctx); err != nil {
		return nil, dialError(p.addr, err)
	}
	l, err := h.dial(ctx, p)
	if err != nil {
		h.cfg.Budget.release()
	}
	return l, err
}

// dial makes a registered link to p.
func (h *Hub) dial(ctx context.Context, p *peer) (*Link, error) {
	if err := h.reach(ctx, p.addr); err != nil {
		return nil, dialError(p.addr, err)
	}
	conn, err := h.cfg.Network.Dial(ctx, p.addr)
	if err != nil {
		return nil, dialError(p.addr, err)
	}
	if !h.track(conn) {
		return nil, ErrClosed
	}
	l, err := h.introduce(ctx, p, conn)
	if err != nil {
		conn.Close()
		h.untrack(conn)
		if err != errConnected {
			err = dialError(p.addr, err)
		}
	}
	return l, err
}

// introduce says hello on a new connection to p.
func (h *Hub) introduce(ctx context.Context, p *peer, conn net.Conn) (*Link, error) {
	if err := h.travel(ctx, p.addr); err != nil {
		return nil, err
	}
	h.mu.Lock()
	connected := p.current() != nil
	h.mu.Unlock()
	if connected {
		return nil, errConnected
	}
	remote, in, opening, err := greet(ctx, conn, h.cfg.Hello, h.cfg.Key)
	if err != nil {
		return nil, err
	}
	l := h.newLink(conn, in, remote, p.addr)
	l.pending = opening
	return l, h.register(l)
}

// greet says hello on a connection that this side dialled and returns the
// other's hello, and what has to be sent before anything else. It gives up when
// ctx is done.
func greet(ctx context.Context, conn net.Conn, own *pb.Hello, key []byte) (remote *pb.Hello, in *frameReader, opening []byte, err error) {
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	in = newFrameReader(conn, maxHello)
	remote, opening, err = introduceTo(conn, in, own, key)
	if !stop() {
		err = ctx.Err()
	}
	return remote, in, opening, err
}

// introduceTo is greet without its limit.
func introduceTo(conn net.Conn, in *frameReader, own *pb.Hello, key []byte) (remote *pb.Hello, opening []byte, err error) {
	dialler, err := newGreeting(own, key)
	if err != nil {
		return nil, nil, err
	}
	if _, err := conn.Write(dialler.frame()); err != nil {
		return nil, nil, err
	}
	listener, err := readHello(in)
	if err == nil {
		err = checkChallenge(key, listener.hello)
	}
	if err == nil {
		err = checkHello(own, listener.hello)
	}
	if err == nil && len(key) > 0 {
		var mac []byte
		if mac, err = readProof(in); err == nil {
			err = checkProof(mac, key, sideListener, dialler, listener)
		}
		if err == nil {
			opening, err = proofFrame(prove(key, sideDialler, dialler, listener))
		}
	}
	return listener.hello, opening, err
}

// dialled ends a dial.
func (h *Hub) dialled(p *peer, err error) {
	h.mu.Lock()
	p.cancel = nil
	switch {
	case err == nil, h.over:
		h.mu.Unlock()
		return
	case p.current() != nil:
		h.mu.Unlock()
		return // its own dial came through: nothing is lost
	case err == errConnected:
		// Its own link came and went meanwhile, which was reported.
		if len(p.waiting) > 0 {
			h.startDial(p)
		}
		h.redialLater(p)
		h.tidy(p)
		h.mu.Unlock()
		return
	}
	p.waiting = nil
	p.failures++
	h.redialLater(p)
	h.tidy(p)
	h.mu.Unlock()
	h.down(p.addr, err)
}

// redialLater sees to it that a kept peer without a link is dialled after a
// while; mu is held.
func (h *Hub) redialLater(p *peer) {
	if !p.kept || p.cancel != nil || p.timer != nil || h.over || p.current() != nil {
		return
	}
	p.timer = time.AfterFunc(backoff(p.failures, h.cfg.Limits.RedialMin, h.cfg.Limits.RedialMax), func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if p.timer == nil {
			return // stopped while this was starting
		}
		p.timer = nil
		h.startDial(p)
	})
}

// stopTimer cancels the next dial; the hub's mutex is held.
func (p *peer) stopTimer() {
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
}

// backoff returns how long to wait after so many failures in a row: lo, twice
// as long each time up to hi, varied by +-50 % so that those who lost the same
// peer do not come back in step.
func backoff(failures int, lo, hi time.Duration) time.Duration {
	d := hi
	if failures < 20 {
		d = min(hi, lo<<failures)
	}
	return d/2 + rand.N(d)
}

// Backoff is the waiting time of a kept link for others who reconnect.
func (l *Limits) Backoff(failures int) time.Duration {
	return backoff(failures, l.RedialMin, l.RedialMax)
}
