package wire

import (
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	pb "chordscope/proto"
)

// FuzzStream: whatever anybody sends, before a hello or after it, the hub
// serves others, ends the connection when it is closed, and hands over no more
// than arrived.
func FuzzStream(f *testing.F) {
	hello := rawHello(f, otherPeer(func(*pb.Hello) {}))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"), false, false)
	f.Add(frames(f, ping(1), ping(2)), true, false)
	f.Add(append(frames(f, ping(1)), 0, 0, 0x80), true, false)
	f.Add(append(hello, frames(f, ping(3))...), false, true)
	f.Add(frames(f, &pb.Envelope{Body: &pb.Envelope_Bye{Bye: &pb.Bye{}}}, ping(1)), true, false)
	f.Add(frames(f, &pb.Envelope{Body: &pb.Envelope_Proof{Proof: &pb.Proof{Mac: make([]byte, 32)}}}), true, true)
	f.Add([]byte{0x80, 0x80, 0x80, 0x80, 0x08}, true, false)
	f.Fuzz(func(t *testing.T, stream []byte, greeted, key bool) {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			handed := 0
			h := testHub(t, NewMemory(), func(c *Config) {
				if key {
					c.Key = testKey
				}
				c.OnEnvelope = func(_ *Link, env *pb.Envelope) {
					mu.Lock()
					defer mu.Unlock()
					handed += proto.Size(env) + 1
				}
			})
			conn := rawDial(t, h.cfg.Network, h.Addr())
			go io.Copy(io.Discard, conn)
			if greeted {
				conn.Write(rawHello(t, otherPeer(func(h *pb.Hello) {
					if key {
						h.Challenge = make([]byte, challengeSize)
					}
				})))
			}
			conn.Write(stream)
			synctest.Wait()
			if key && handed > 0 {
				t.Errorf("%d bytes were taken from somebody without the key", handed)
			}
			if handed > len(stream) {
				t.Errorf("%d bytes were handed over of %d", handed, len(stream))
			}
			c, err := DialWithKey(t.Context(), h.cfg.Network, h.Addr(), ClientHello(), h.cfg.Key)
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
			conn.Close()
			time.Sleep(time.Second) // for a refusal to end
			synctest.Wait()
			if got := h.Stats().Links; got != 0 {
				t.Errorf("%d links are left", got)
			}
		})
	})
}
