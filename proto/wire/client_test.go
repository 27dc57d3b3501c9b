package wire

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	pb "chordscope/proto"
)

// server is a hub that answers each request as f says.
func server(t testing.TB, network Network, f func(l *Link, env *pb.Envelope)) *Hub {
	return testHub(t, network, func(c *Config) { c.OnEnvelope = f })
}

func client(t testing.TB, h *Hub) *Client {
	t.Helper()
	c, err := Dial(t.Context(), h.cfg.Network, h.Addr(), ClientHello())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func lookup(key byte) pb.Body { return &pb.Envelope_Owns{Owns: &pb.Owns{Key: []byte{key}}} }

func TestAnswersGoToTheirCalls(t *testing.T) {
	eachNetwork(t, func(t *testing.T, network Network) {
		var mu sync.Mutex
		var held []*pb.Envelope // answered in pairs, the later first
		h := server(t, network, func(l *Link, env *pb.Envelope) {
			mu.Lock()
			defer mu.Unlock()
			held = append(held, env)
			if len(held) == 2 {
				for _, e := range []*pb.Envelope{held[1], held[0]} {
					l.Send(&pb.Envelope{Answer: e.GetRequest(), Body: &pb.Envelope_Found{Found: &pb.Found{Owner: &pb.PeerRef{Id: e.GetOwns().GetKey()}}}})
				}
				held = nil
			}
		})
		c := client(t, h)
		var wg sync.WaitGroup
		for i := range byte(100) {
			wg.Go(func() {
				env, err := c.Call(t.Context(), lookup(i))
				if err != nil || env.GetFound().GetOwner().GetId()[0] != i {
					t.Errorf("call %d: %v, %v", i, env, err)
				}
			})
		}
		wg.Wait()
	})
}

func TestErrorsOfTheServerKeepTheirKind(t *testing.T) {
	h := server(t, NewMemory(), func(l *Link, env *pb.Envelope) {
		l.Send(&pb.Envelope{Answer: env.GetRequest(), Body: ErrorBody(fmt.Errorf("the key: %w", ErrUnauthorized))})
	})
	_, err := client(t, h).Call(t.Context(), lookup(1))
	if !errors.Is(err, ErrUnauthorized) || errors.Is(err, ErrTaken) {
		t.Fatal(err)
	}
}

func TestCallsEndWithTheirContext(t *testing.T) {
	h := server(t, NewMemory(), func(*Link, *pb.Envelope) {})
	c := client(t, h)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Call(ctx, lookup(1)); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) != 0 {
		t.Error("the call is remembered for ever")
	}
}

func TestCallsEndWithTheConnection(t *testing.T) {
	eachNetwork(t, func(t *testing.T, network Network) {
		asked := make(chan struct{}, 2)
		h := server(t, network, func(*Link, *pb.Envelope) { asked <- struct{}{} })
		crashed, closed := client(t, h), client(t, h)
		failed := make(chan error)
		call := func(c *Client) {
			_, err := c.Call(context.Background(), lookup(1))
			failed <- err
		}
		go call(closed)
		<-asked
		closed.Close()
		if err := <-failed; !errors.Is(err, ErrClosed) || !errors.Is(closed.Err(), ErrClosed) {
			t.Errorf("closed on this side: %v, %v", err, closed.Err())
		}
		go call(crashed)
		<-asked
		h.Reset()
		if err := <-failed; !errors.Is(err, ErrBroken) || !errors.Is(crashed.Err(), ErrBroken) {
			t.Errorf("crashed on the other side: %v, %v", err, crashed.Err())
		}
		<-crashed.Done()
		if _, err := crashed.Call(context.Background(), lookup(1)); !errors.Is(err, ErrClosed) {
			t.Errorf("call after the end: %v", err)
		}
	})
}

func TestStreams(t *testing.T) {
	const n = 10 * streamBuffer
	cancelled := make(chan uint64, 1)
	h := server(t, NewMemory(), func(l *Link, env *pb.Envelope) {
		if c := env.GetCancel(); c != nil {
			cancelled <- c.GetRequest()
			return
		}
		for i := range uint64(n) {
			l.Send(&pb.Envelope{Answer: env.GetRequest(), Body: &pb.Envelope_PeerDelta{PeerDelta: &pb.PeerDelta{Seq: i}}})
		}
	})
	c := client(t, h)
	s, err := c.Stream(&pb.Envelope_WatchRequest{WatchRequest: &pb.WatchRequest{}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint64(n) {
		env, err := s.Recv(t.Context())
		if err != nil || env.GetPeerDelta().GetSeq() != i {
			t.Fatalf("answer %d: %v, %v", i, env, err)
		}
	}
	s.Cancel()
	if got := <-cancelled; got != s.number {
		t.Errorf("cancelled request %d, want %d", got, s.number)
	}
}

// The answers that came before the connection broke are received before the
// error, and one that nobody receives does not keep the client from closing.
func TestStreamAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := server(t, NewMemory(), func(l *Link, env *pb.Envelope) {
			for range 2 * streamBuffer {
				l.Send(&pb.Envelope{Answer: env.GetRequest(), Body: &pb.Envelope_Ack{Ack: &pb.Ack{}}})
			}
		})
		stuck, c := client(t, h), client(t, h)
		if _, err := stuck.Stream(lookup(1)); err != nil {
			t.Fatal(err)
		}
		s, err := c.Stream(lookup(1))
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		start := time.Now()
		stuck.Close()
		if took := time.Since(start); took != 0 {
			t.Errorf("closing took %v", took)
		}
		h.Close()
		got := 0
		for {
			_, err = s.Recv(t.Context())
			if err != nil {
				break
			}
			got++
		}
		if got != 2*streamBuffer || !errors.Is(err, ErrBroken) {
			t.Errorf("%d answers, then %v", got, err)
		}
	})
}

func TestClientsAnswerNoRequests(t *testing.T) {
	refused := make(chan *pb.Envelope, 1)
	h := server(t, NewMemory(), func(l *Link, env *pb.Envelope) {
		if env.GetRequest() == 0 {
			refused <- env
			return
		}
		l.Send(&pb.Envelope{Request: 33, Body: lookup(1)})
		l.Send(&pb.Envelope{Answer: env.GetRequest(), Body: &pb.Envelope_Ack{Ack: &pb.Ack{}}})
	})
	if _, err := client(t, h).Call(t.Context(), lookup(1)); err != nil {
		t.Fatal(err)
	}
	if env := <-refused; env.GetAnswer() != 33 || !errors.Is(FromProto(env.GetError()), ErrUnimplemented) {
		t.Error(env)
	}
}
