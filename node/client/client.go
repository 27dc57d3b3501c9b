// Package client is what a program needs that uses a running ring without being
// a part of it: it finds a live peer, and asks that one to put, get, delete and
// look up keys. It also asks all peers what they hold and believe.
package client

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"chordscope/node/chord"
	"chordscope/node/codec"
	"chordscope/node/ring"
	"chordscope/node/store"
	pb "chordscope/proto"
	"chordscope/proto/wire"
	"chordscope/registry"
)

var (
	// ErrNoPeer says that no live peer was found to ask.
	ErrNoPeer = errors.New("no live peer was found")
	// ErrReplaced says that a peer is gone, and its address another's.
	ErrReplaced = errors.New("another peer has its address now")
)

const (
	// dialPatience is how long one peer may take to be connected and to say
	// how it is, before another one is tried.
	dialPatience = 2 * time.Second
	// patience is how long an answer is waited for: longer than a peer tries
	// to serve a key while the ring is being repaired.
	patience = 15 * time.Second
)

// Target says where the ring is. One address is enough; Peer goes first.
type Target struct {
	Registry string // address of its registry
	Peer     string // address of one of its peers
	Key      []byte // of the ring; empty if it has none
}

// Client asks one peer of a ring. Its methods are safe for concurrent use, and
// wait at most 15 seconds for an answer. Errors of peers wrap those of package
// wire.
type Client struct {
	network wire.Network
	target  Target
	peer    *wire.Client
	ref     chord.Ref
	space   ring.Space
}

// Dial finds a live peer: the one that to names, or a random one that the
// registry names. Peers that do not answer are passed over; if there is none
// left, the error wraps ErrNoPeer.
func Dial(ctx context.Context, network wire.Network, to Target) (*Client, error) {
	switch {
	case to.Peer != "":
		return dialPeer(ctx, network, to, to.Peer)
	case to.Registry == "":
		return nil, errors.New("neither the address of a registry nor that of a peer is given")
	}
	members, err := list(ctx, network, to)
	if err != nil {
		return nil, err
	}
	rand.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	last := errors.New("none is registered")
	for _, m := range members {
		c, err := dialPeer(ctx, network, to, m.GetPeer().GetAddress())
		if err == nil {
			err = c.isMember(ctx)
		}
		switch {
		case err == nil:
			return c, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case c != nil:
			c.Close()
		}
		last = err
	}
	return nil, fmt.Errorf("%w through the registry %s: %w", ErrNoPeer, to.Registry, last)
}

// list asks the registry who is there.
func list(ctx context.Context, network wire.Network, to Target) ([]*pb.Member, error) {
	limited, cancel := context.WithTimeout(ctx, dialPatience)
	defer cancel()
	members, err := registry.List(limited, network, to.Registry, to.Key)
	switch {
	case errors.Is(err, wire.ErrUnimplemented):
		return nil, fmt.Errorf("%s is a peer, not a registry", to.Registry)
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		return nil, fmt.Errorf("the registry %s has not answered within %v: %w", to.Registry, dialPatience, wire.ErrUnavailable)
	}
	return members.GetMembers(), err
}

// dialPeer connects to one peer.
func dialPeer(ctx context.Context, network wire.Network, to Target, addr string) (*Client, error) {
	limited, cancel := context.WithTimeout(ctx, dialPatience)
	defer cancel()
	peer, err := wire.DialWithKey(limited, network, addr, wire.ClientHello(), to.Key)
	if err != nil {
		return nil, err
	}
	hello := peer.Remote()
	if hello.GetRole() != pb.Role_ROLE_PEER {
		peer.Close()
		return nil, fmt.Errorf("%s is not a peer but a registry", addr)
	}
	c := &Client{network: network, target: to, peer: peer}
	c.space, err = ring.NewSpace(int(hello.GetRing().GetBits()))
	if err == nil {
		c.ref, err = codec.DecodeRef(c.space, hello.GetSelf())
	}
	if err != nil {
		peer.Close()
		return nil, err
	}
	return c, nil
}

// isMember asks the peer whether it is in the ring, which one that is still
// joining is not, and one that is frozen does not answer.
func (c *Client) isMember(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, dialPatience)
	defer cancel()
	env, err := c.peer.Call(limited, &pb.Envelope_StateRequest{StateRequest: &pb.StateRequest{}})
	if err == nil && env.GetPeerState().GetStatus() != pb.Status_STATUS_MEMBER {
		err = wire.ErrNotMember
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.ref.Addr, err)
	}
	return nil
}

// Close ends the connection.
func (c *Client) Close() { c.peer.Close() }

// Peer returns whom the client asks.
func (c *Client) Peer() chord.Ref { return c.ref }

// Space returns the ring's identifiers, with which keys are written.
func (c *Client) Space() ring.Space { return c.space }

// Successors returns r, how long the ring's successor lists are.
func (c *Client) Successors() int { return int(c.peer.Remote().GetRing().GetSuccessors()) }

// Replicas returns k, on how many peers the ring keeps a key.
func (c *Client) Replicas() int { return int(c.peer.Remote().GetRing().GetReplicas()) }

// Key reads a key as people type it; see store.Parse.
func (c *Client) Key(text string) (store.Key, error) { return store.Parse(c.space, text) }

// Put stores a value of at most store.MaxValue bytes under a key. It returns
// once all copies are made. After an error the value may be stored all the same.
func (c *Client) Put(ctx context.Context, key store.Key, value []byte) (chord.Access, error) {
	return c.access(ctx, chord.OpPut, key, value)
}

// Get reads a key. That there is no value is no error: Found tells.
func (c *Client) Get(ctx context.Context, key store.Key) (chord.Access, error) {
	return c.access(ctx, chord.OpGet, key, nil)
}

// Delete removes a key; Found tells whether there was a value.
func (c *Client) Delete(ctx context.Context, key store.Key) (chord.Access, error) {
	return c.access(ctx, chord.OpDelete, key, nil)
}

// access returns what is known of the access also with an error.
func (c *Client) access(ctx context.Context, op chord.Op, key store.Key, value []byte) (chord.Access, error) {
	a := chord.Access{Op: op, Key: key}
	req := codec.EncodeAccessRequest(op, key, value)
	env, err := c.call(ctx, &pb.Envelope_AccessRequest{AccessRequest: req})
	if err == nil {
		if a, err = codec.DecodeAccess(c.space, env.GetAccessResult()); err == nil {
			err = codec.AccessError(&a)
		}
	}
	if err != nil {
		return a, fmt.Errorf("%v %s: %w", op, key.Text(c.space), err)
	}
	return a, nil
}

// Lookup looks for the owner of an identifier, with the client's peer as the
// origin. One that found no owner is an error.
func (c *Client) Lookup(ctx context.Context, key ring.ID, recursive bool) (chord.Lookup, error) {
	req := &pb.LookupRequest{Key: key.AppendBytes(nil), Recursive: recursive}
	env, err := c.call(ctx, &pb.Envelope_LookupRequest{LookupRequest: req})
	l := chord.Lookup{Key: key}
	if err == nil {
		l, err = codec.DecodeLookup(c.space, env.GetLookupResult())
	}
	if err == nil && l.Failed != "" {
		err = &wire.Error{Kind: wire.ErrNoOwner, Detail: l.Failed}
	}
	if err != nil {
		return l, fmt.Errorf("lookup K%s: %w", c.space.Format(key), err)
	}
	return l, nil
}

// call asks the peer and does not wait for ever.
func (c *Client) call(ctx context.Context, body pb.Body) (*pb.Envelope, error) {
	silent := fmt.Errorf("%s has not answered within %v: %w", c.ref.Addr, patience, wire.ErrUnavailable)
	limited, cancel := context.WithTimeoutCause(ctx, patience, silent)
	defer cancel()
	env, err := c.peer.Call(limited, body)
	if err != nil && ctx.Err() == nil && context.Cause(limited) == silent {
		err = silent
	}
	return env, err
}
