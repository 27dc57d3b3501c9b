package registry

import (
	"context"
	"fmt"

	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// Update is one piece of news of a watch. Exactly one field is set.
type Update struct {
	Members *pb.Members         // everyone: at the beginning, and after each time the registry was away
	Event   *pb.MembershipEvent // a change since
	Down    error               // the registry is away, and why; said once each time
}

// Watch tells emit of everyone who is registered and of all changes until ctx
// is done. While the registry is away it tries to reach it again and again.
// emit is called from the goroutine of the caller. key is that of the ring, empty
// if it has none. The error is that of ctx.
func Watch(ctx context.Context, network wire.Network, addr string, key []byte, emit func(Update)) error {
	limits := wire.DefaultLimits()
	down := false
	for failures := 0; ; failures++ {
		err := watchOnce(ctx, network, addr, key, func(u Update) {
			failures, down = 0, false
			emit(u)
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !down {
			down = true
			emit(Update{Down: err})
		}
		if !wait(ctx, limits.Backoff(failures)) {
			return ctx.Err()
		}
	}
}

// watchOnce watches over one connection until it breaks.
func watchOnce(ctx context.Context, network wire.Network, addr string, key []byte, emit func(Update)) error {
	client, err := dial(ctx, network, addr, key)
	if err != nil {
		return err
	}
	defer client.Close()
	stream, err := client.Stream(&pb.Envelope_WatchMembers{WatchMembers: &pb.WatchMembers{}})
	if err != nil {
		return err
	}
	for {
		env, err := stream.Recv(ctx)
		if err != nil {
			return fmt.Errorf("watch the registry %s: %w", addr, err)
		}
		switch b := env.GetBody().(type) {
		case *pb.Envelope_Members:
			emit(Update{Members: b.Members})
		case *pb.Envelope_MembershipEvent:
			emit(Update{Event: b.MembershipEvent})
		}
	}
}

// List returns everyone who is registered, in the order of identifiers. key is
// that of the ring, empty if it has none.
func List(ctx context.Context, network wire.Network, addr string, key []byte) (*pb.Members, error) {
	client, err := dial(ctx, network, addr, key)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	env, err := client.Call(ctx, &pb.Envelope_ListMembers{ListMembers: &pb.ListMembers{}})
	if err != nil {
		return nil, fmt.Errorf("ask the registry %s for its members: %w", addr, err)
	}
	return env.GetMembers(), nil
}

func dial(ctx context.Context, network wire.Network, addr string, key []byte) (*wire.Client, error) {
	client, err := wire.DialWithKey(ctx, network, addr, wire.ClientHello(), key)
	if err != nil {
		return nil, fmt.Errorf("registry: %w", err)
	}
	return client, nil
}
