package experiment

import (
	"bufio"
	"context"
	"net"
	"time"

	"google.golang.org/protobuf/encoding/protodelim"

	"chordscope/node/ring"
	pb "chordscope/proto"
)

// echo is the measure of what the machine can do: a request and its answer, of
// the size of a lookup's step, over one loopback connection, with nothing but
// the messages' encoding. As many requests as there are callers are under way at
// a time, and each message is one write. It returns how long each round trip took,
// and all of them together.
func echo(ctx context.Context, callers, count int) (each sample, took time.Duration, err error) {
	listener, err := net.Listen("tcp", loopback)
	if err != nil {
		return nil, 0, err
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		answerOn(listener)
	}()
	defer func() {
		listener.Close()
		<-served
	}()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		return nil, 0, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	began := time.Now()
	each, err = trips(conn, callers, count)
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return each, time.Since(began), err
}

// answerOn echoes on one connection until it ends.
func answerOn(listener net.Listener) {
	conn, err := listener.Accept()
	if err != nil {
		return
	}
	defer conn.Close()
	r, w := bufio.NewReader(conn), bufio.NewWriter(conn)
	id := make([]byte, ring.Size)
	for {
		env := &pb.Envelope{}
		if protodelim.UnmarshalFrom(r, env) != nil {
			return
		}
		hop := &pb.Hop{Rule: &pb.Rule{
			Kind: pb.RuleKind_RULE_KIND_FINGER, Index: 6, Interval: &pb.Interval{From: id, To: id},
			Next: &pb.PeerRef{Id: id, Address: "127.0.0.1:40002", Incarnation: 1},
		}}
		if _, err := protodelim.MarshalTo(w, &pb.Envelope{Answer: env.GetRequest(), Body: &pb.Envelope_Hop{Hop: hop}}); err != nil {
			return
		}
		if w.Flush() != nil {
			return
		}
	}
}

// trips makes round trips, so many at a time. Answers come in the order of the
// requests.
func trips(conn net.Conn, callers, count int) (sample, error) {
	r, w := bufio.NewReader(conn), bufio.NewWriter(conn)
	key := make([]byte, ring.Size)
	sent := make([]time.Time, 0, count)
	send := func() error {
		sent = append(sent, time.Now())
		body := &pb.Envelope_NextHop{NextHop: &pb.NextHop{Key: key, Avoid: []string{"127.0.0.1:40001"}}}
		if _, err := protodelim.MarshalTo(w, &pb.Envelope{Request: uint64(len(sent)), Body: body}); err != nil {
			return err
		}
		return w.Flush()
	}
	var each sample
	for len(each) < count {
		for len(sent) < count && len(sent)-len(each) < callers {
			if err := send(); err != nil {
				return each, err
			}
		}
		if err := protodelim.UnmarshalFrom(r, &pb.Envelope{}); err != nil {
			return each, err
		}
		each = append(each, time.Since(sent[len(each)]).Seconds())
	}
	return each, nil
}
