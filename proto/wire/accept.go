package wire

import (
	"errors"
	"io"
	"net"
	"time"

	pb "chordscope/proto"
)

// acceptPause is how long a listener rests that could not accept, most likely
// for want of file descriptors.
const acceptPause = 50 * time.Millisecond

// errCut says that a dialler cannot be answered since the way to it is cut.
var errCut = errors.New("the way is cut")

// accept takes connections until the hub is over.
func (h *Hub) accept() {
	defer h.wg.Done()
	places := make(chan struct{}, h.cfg.Limits.MaxGreeting)
	for {
		conn, err := h.ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			select {
			case <-time.After(acceptPause):
				continue
			case <-h.stop:
				return
			}
		}
		h.gate.wait()
		select {
		case places <- struct{}{}:
		case <-h.stop:
			conn.Close()
			return
		}
		h.wg.Go(func() {
			h.cfg.Budget.accept()
			l := h.greeted(conn)
			<-places
			if l != nil {
				h.read(l)
			} else {
				h.cfg.Budget.release()
			}
		})
	}
}

// greeted answers somebody who dialled and returns the link, or nil after
// refusing it.
func (h *Hub) greeted(conn net.Conn) *Link {
	if !h.track(conn) {
		return nil
	}
	l, err := h.answer(conn)
	switch {
	case err == nil:
		return l
	case err == errCut:
		io.Copy(io.Discard, conn) // until the dialler gives up, or HelloTimeout is over
		conn.Close()
	default:
		refuse(conn, err)
	}
	h.untrack(conn)
	return nil
}

// answer hears the hello of somebody who dialled, answers it, and returns the
// registered link.
func (h *Hub) answer(conn net.Conn) (*Link, error) {
	conn.SetDeadline(time.Now().Add(h.cfg.Limits.HelloTimeout))
	in := newFrameReader(conn, maxHello)
	dialler, err := readHello(in)
	h.gate.wait()
	if err != nil {
		return nil, err
	}
	addr := h.peerAddr(dialler.hello)
	if err := h.fits(dialler.hello, addr); err != nil {
		return nil, err
	}
	if h.line(addr).isCut() {
		return nil, errCut
	}
	var opening []byte
	if len(h.cfg.Key) > 0 {
		if err := h.exchange(conn, in, addr, dialler); err != nil {
			return nil, err
		}
	} else {
		own, err := newGreeting(h.cfg.Hello, nil)
		if err != nil {
			return nil, err
		}
		opening = own.frame()
	}
	l := h.newLink(conn, in, dialler.hello, addr)
	l.inbound = true
	// Without a key, our hello is only sent once the link is registered:
	// whoever has a link dialled can then rely on the other side having it too.
	// With one, a link of the dialler may for a moment be one-sided.
	l.pending = opening
	return l, h.register(l)
}

// fits reports why somebody who says hello like this is not wanted.
func (h *Hub) fits(hello *pb.Hello, addr string) error {
	if err := checkChallenge(h.cfg.Key, hello); err != nil {
		return err
	}
	if err := checkHello(h.cfg.Hello, hello); err != nil {
		return err
	}
	if h.cfg.Accept != nil {
		if err := h.cfg.Accept(hello); err != nil {
			return err
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.admits(hello, addr, true)
}

// peerAddr returns the address under which a link is known: links between
// peers have one, others do not.
func (h *Hub) peerAddr(remote *pb.Hello) string {
	if h.cfg.Hello.GetRole() == pb.Role_ROLE_PEER && remote.GetRole() == pb.Role_ROLE_PEER {
		return remote.GetSelf().GetAddress()
	}
	return ""
}

// newLink makes a link of this hub.
func (h *Hub) newLink(conn net.Conn, in *frameReader, remote *pb.Hello, addr string) *Link {
	l := newLink(conn, in, remote, addr, h, &h.cfg.Limits, &h.stats)
	if remote.GetRole() != pb.Role_ROLE_CLIENT {
		l.gate = &h.gate
	}
	return l
}

// track remembers a connection that has no link yet. It closes it and returns
// false if the hub is over.
func (h *Hub) track(conn net.Conn) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over {
		conn.Close()
		return false
	}
	h.greeting[conn] = struct{}{}
	return true
}

func (h *Hub) untrack(conn net.Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.greeting, conn)
}
