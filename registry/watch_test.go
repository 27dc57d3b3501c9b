package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// describe writes an update in short.
func describe(u Update) string {
	switch {
	case u.Members != nil:
		return "members " + short(u.Members)
	case u.Event != nil:
		kind := strings.TrimPrefix(u.Event.GetKind().String(), "MEMBERSHIP_KIND_")
		return strings.ToLower(kind) + fmt.Sprint(" ", u.Event.GetPeer().GetId()[0])
	}
	return "down"
}

func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, nil)
		w.mustJoin(ref(5))
		ctx, cancel := context.WithCancel(t.Context())
		news := make(chan string, 100)
		ended := make(chan error)
		go func() {
			ended <- Watch(ctx, w.network, w.addr, nil, func(u Update) { news <- describe(u) })
		}()
		told := func() (got []string) {
			synctest.Wait()
			for len(news) > 0 {
				got = append(got, <-news)
			}
			return got
		}
		expect := func(want ...string) {
			t.Helper()
			if got := told(); !slices.Equal(got, want) {
				t.Errorf("told %q, want %q", got, want)
			}
		}
		expect("members 5")
		nine := w.mustJoin(ref(9))
		expect("registered 9")
		nine.Reset()
		expect("lost 9")
		nine = w.mustJoin(ref(9))
		expect("back 9")
		nine.Deregister(ctx)
		expect("deregistered 9")
		w.mustJoin(ref(30)).Close()
		expect("registered 30", "lost 30")
		time.Sleep(2 * Default().Grace)
		expect("expired 30")
		w.server.Reset()
		expect("down")
		time.Sleep(time.Minute)
		expect()
		w.start(nil)
		w.mustJoin(ref(77))
		time.Sleep(10 * time.Second)
		if got := told(); len(got) == 0 || !strings.HasPrefix(got[0], "members") || !strings.Contains(strings.Join(got, " "), " 5") {
			t.Errorf("after a restart: %q", got)
		}
		w.server.Close()
		expect("down")
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestWatchersAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, func(c *Config) { c.MaxWatchers = 1 })
		watch := &pb.Envelope_WatchMembers{WatchMembers: &pb.WatchMembers{}}
		client, err := dial(t.Context(), w.network, w.addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		first, err := client.Stream(watch)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := first.Recv(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := client.Call(t.Context(), watch); !errors.Is(err, wire.ErrUnavailable) {
			t.Fatalf("a second watcher: %v", err)
		}
		first.Cancel()
		synctest.Wait()
		if _, err := client.Call(t.Context(), watch); err != nil {
			t.Fatalf("after the first was cancelled: %v", err)
		}
	})
}

func TestSlowWatcherLosesItsConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, func(c *Config) { c.Limits.MaxFrame, c.Limits.MaxQueue = 4<<10, 4<<10 })
		client, err := dial(t.Context(), w.network, w.addr, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		if _, err := client.Stream(&pb.Envelope_WatchMembers{WatchMembers: &pb.WatchMembers{}}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		self := ref(9)
		for range 3000 { // nobody receives the stream
			if err := w.mustJoin(self).Deregister(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		w.server.mu.Lock()
		defer w.server.mu.Unlock()
		if len(w.server.watchers) != 0 {
			t.Error("it is still being told")
		}
	})
}
