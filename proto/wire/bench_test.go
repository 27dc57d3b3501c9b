package wire

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"google.golang.org/protobuf/encoding/protodelim"

	pb "chordscope/proto"
)

// question and reply are of the size of a lookup's step.
func question() pb.Body {
	return &pb.Envelope_NextHop{NextHop: &pb.NextHop{Key: make([]byte, 20), Avoid: []string{"127.0.0.1:40001"}}}
}

func reply() pb.Body {
	return &pb.Envelope_Hop{Hop: &pb.Hop{Rule: &pb.Rule{
		Kind: pb.RuleKind_RULE_KIND_FINGER, Index: 6, Interval: &pb.Interval{From: make([]byte, 20), To: make([]byte, 20)},
		Next: &pb.PeerRef{Id: make([]byte, 20), Address: "127.0.0.1:40002", Incarnation: 1},
	}}}
}

// callers shares b.N calls among n goroutines.
func callers(b *testing.B, n int, call func() error) {
	b.ReportAllocs()
	b.ResetTimer()
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := call(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "roundtrips/s")
}

// BenchmarkFrame is a message of the size of a lookup's step to a frame, and back.
func BenchmarkFrame(b *testing.B) {
	env := &pb.Envelope{Answer: 7, Body: reply()}
	frame, err := appendFrame(nil, env, maxHello)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("write", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			frame, err = appendFrame(frame[:0], env, maxHello)
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		stream := bytes.NewReader(nil)
		in := newFrameReader(stream, maxHello)
		b.ReportAllocs()
		for b.Loop() {
			stream.Reset(frame)
			if got, err := in.next(); err != nil || readEnvelope(got) == nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkEcho is a request and its answer between a client and a hub over
// one loopback connection.
func BenchmarkEcho(b *testing.B) {
	for _, n := range []int{1, 16} {
		b.Run(fmt.Sprintf("callers=%d", n), func(b *testing.B) {
			h := testHub(b, TCP{}, func(c *Config) {
				c.OnEnvelope = func(l *Link, env *pb.Envelope) { l.Send(&pb.Envelope{Answer: env.GetRequest(), Body: reply()}) }
			})
			c, err := Dial(b.Context(), TCP{}, h.Addr(), ClientHello())
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			callers(b, n, func() error {
				_, err := c.Call(context.Background(), question())
				return err
			})
		})
	}
}

// BenchmarkBareEcho is the same without anything of this package but the
// messages: protodelim and a flush for each message, one caller at a time.
func BenchmarkBareEcho(b *testing.B) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		r, w := bufio.NewReader(conn), bufio.NewWriter(conn)
		for {
			env := &pb.Envelope{}
			if protodelim.UnmarshalFrom(r, env) != nil {
				return
			}
			protodelim.MarshalTo(w, &pb.Envelope{Answer: env.GetRequest(), Body: reply()})
			w.Flush()
		}
	}()
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	r, w := bufio.NewReader(conn), bufio.NewWriter(conn)
	callers(b, 1, func() error {
		if _, err := protodelim.MarshalTo(w, &pb.Envelope{Request: 1, Body: question()}); err != nil {
			return err
		}
		if err := w.Flush(); err != nil {
			return err
		}
		return protodelim.UnmarshalFrom(r, &pb.Envelope{})
	})
}
