package registry

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"chordscope/proto/wire"
)

func TestSessionComesBackAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, nil)
		changes := make(chan string, 100)
		s, _, err := w.join(ref(9), func(c *SessionConfig) {
			c.OnChange = func(up bool, why error) {
				changes <- fmt.Sprint(up, " ", errors.Is(why, wire.ErrBroken), errors.Is(why, wire.ErrTaken))
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			w.server.Reset()
			if got := <-changes; got != "false true false" {
				t.Fatalf("after a crash: %s", got)
			}
			if _, err := s.Sample(t.Context(), 1); !errors.Is(err, wire.ErrClosed) {
				t.Errorf("a sample without registry: %v", err)
			}
			time.Sleep(time.Minute)
			w.start(nil)
			w.want("")
			time.Sleep(wire.DefaultLimits().RedialMax * 3 / 2)
			if got := <-changes; got != "true false false" {
				t.Fatalf("after a restart: %s", got)
			}
			w.want("9")
		}

		// While the registry was away, another took the identifier.
		w.server.Close()
		<-changes
		w.start(nil)
		thief := ref(9)
		thief.Address = "127.0.0.1:7777"
		holder := w.mustJoin(thief)
		if got := <-changes; got != "false false true" {
			t.Fatalf("after the identifier was taken: %s", got)
		}
		holder.Deregister(t.Context())
		for got := ""; got != "true false false"; got = <-changes {
		}
		w.want("9")
	})
}

func TestJoinWithoutRegistry(t *testing.T) {
	w := newTown(t, nil)
	w.server.Close()
	if _, _, err := w.join(ref(9), nil); !errors.Is(err, wire.ErrRefused) {
		t.Fatal(err)
	}
}

// A session that is ended while it reconnects leaves nothing behind.
func TestSessionEndsWhileTheRegistryIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, nil)
		closed, left := w.mustJoin(ref(9)), w.mustJoin(ref(5))
		w.server.Reset()
		synctest.Wait()
		closed.Close()
		if err := left.Deregister(t.Context()); !errors.Is(err, wire.ErrClosed) {
			t.Errorf("deregister without registry: %v", err)
		}
		w.start(nil)
		time.Sleep(time.Minute)
		w.want("")
	})
}
