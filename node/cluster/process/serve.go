package process

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"chordscope/node"
	"chordscope/node/chord"
	"chordscope/proto/wire"
)

// goodbyeTime is how long a peer that is told to end may take to leave.
const goodbyeTime = 10 * time.Second

// errOrphan ends a child whose parent is gone.
var errOrphan = errors.New("the parent is gone")

// Serve is the child: it runs one peer until that has ended or in is at its
// end. When ctx ends, the peer leaves the ring first. The caller has to exit
// when it returns, since the peer may still be running then.
func Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	alive, orphaned := context.WithCancel(context.Background())
	orders := make(chan order)
	go func() {
		read(in, orders)
		orphaned()
	}()
	c := child{out: json.NewEncoder(out)}
	for {
		select {
		case o := <-orders:
			if err := c.obey(alive, o); err != nil {
				return err
			}
		case <-c.ended():
			return nil
		case <-alive.Done():
			return errOrphan
		case <-ctx.Done():
			return c.leave(alive)
		}
	}
}

// read hands on orders until there are no more.
func read(in io.Reader, orders chan<- order) {
	lines := json.NewDecoder(in)
	for {
		var o order
		if err := lines.Decode(&o); err != nil {
			return
		}
		orders <- o
	}
}

// child is what Serve works on.
type child struct {
	out  *json.Encoder
	peer *node.Peer // nil before it is started
}

// obey carries out one order and answers it. alive ends with the parent.
func (c *child) obey(alive context.Context, o order) error {
	var a answer
	var err error
	switch {
	case o.Start != nil && c.peer == nil:
		if err = c.start(alive, o.Start); err == nil {
			ref := encodeRef(c.peer.Ref())
			a.Ref = &ref
		}
	case o.Enter != nil && c.peer != nil:
		err = c.enter(alive, o.Enter)
	default:
		err = errors.New("an order out of turn")
	}
	if err != nil {
		a.Error = wire.ToProto(err)
	}
	return errors.Join(err, c.out.Encode(a))
}

func (c *child) start(alive context.Context, s *setup) error {
	cfg, err := s.config()
	if err == nil {
		c.peer, err = node.Start(alive, cfg)
	}
	return err
}

func (c *child) enter(alive context.Context, e *entrance) error {
	var seeds []chord.Ref
	for _, s := range e.Seeds {
		ref, err := s.decode()
		if err != nil {
			return err
		}
		seeds = append(seeds, ref)
	}
	return c.peer.Enter(alive, seeds)
}

// ended is closed when the peer has ended.
func (c *child) ended() <-chan struct{} {
	if c.peer == nil {
		return nil
	}
	return c.peer.Done()
}

// leave says goodbye to the ring, unless the parent is gone: then nothing must
// hold the child up.
func (c *child) leave(alive context.Context) error {
	if c.peer == nil {
		return nil
	}
	limited, cancel := context.WithTimeout(alive, goodbyeTime)
	defer cancel()
	left := make(chan error, 1)
	go func() { left <- c.peer.Leave(limited) }()
	select {
	case err := <-left:
		return err
	case <-alive.Done():
		return errOrphan
	}
}
