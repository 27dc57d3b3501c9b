package notes

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	pb "chordscope/proto"
	"chordscope/proto/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 2 * time.Minute

var key = []byte(strings.Repeat("k", 32))

func serve(t *testing.T, network wire.Network, addr string, key []byte) *Server {
	t.Helper()
	ln, err := network.Listen(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Serve(ln, key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// told is what a follower hears.
type told struct {
	state *State
	err   error
}

// follow watches until the test is over.
func follow(t *testing.T, network wire.Network, addr string, keys func() ([]byte, error)) <-chan told {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	heard := make(chan told)
	var wg sync.WaitGroup
	wg.Go(func() {
		Follow(ctx, network, addr, keys, func(s *State, err error) {
			select {
			case heard <- told{s, err}:
			case <-ctx.Done():
			}
		})
	})
	t.Cleanup(func() { cancel(); wg.Wait() })
	return heard
}

// until returns the first thing that is heard and ok wants.
func until(t *testing.T, heard <-chan told, ok func(told) bool) told {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case h := <-heard:
			if ok(h) {
				return h
			}
		case <-deadline:
			t.Fatal("it is not heard")
		}
	}
}

func withKey(key []byte) func() ([]byte, error) { return func() ([]byte, error) { return key, nil } }

// full has something in every field.
func full() State {
	return State{
		Title: "A title", Chapter: "One", Caption: "Look", Notes: []string{"a", "b"},
		Lines:   []Line{{7, "join N1", Held}, {8, "ask \"Who?\" = N8", Running}, {9, "kill N1", Pending}, {10, "expect size = 1", Failed}},
		Current: 1, Place: 8, Total: 40, Passed: 3, Failed: 1, Paused: true, Speed: -2,
		Question: "Who?", Answer: "N8", Verdict: "passed", Elapsed: 90 * time.Second,
	}
}

// TestFollow: what is shown arrives, whole, at those who come before and after,
// over TCP; and the follower comes back to a server that has started anew with
// another key.
func TestFollow(t *testing.T) {
	s := serve(t, wire.TCP{}, "127.0.0.1:0", key)
	var mu sync.Mutex
	now := key
	keys := func() ([]byte, error) { mu.Lock(); defer mu.Unlock(); return now, nil }
	early := follow(t, wire.TCP{}, s.Addr(), keys)
	s.Show(full())
	late := follow(t, wire.TCP{}, s.Addr(), withKey(key))
	for _, heard := range []<-chan told{early, late} {
		h := until(t, heard, func(h told) bool { return h.state != nil })
		if want := full(); !reflect.DeepEqual(*h.state, want) {
			t.Errorf("heard %+v, want %+v", *h.state, want)
		}
	}
	for i := range 1000 { // faster than anybody reads
		s.Show(State{Place: i})
	}
	until(t, early, func(h told) bool { return h.state != nil && h.state.Place == 999 })

	addr := s.Addr()
	s.Close()
	until(t, early, func(h told) bool { return h.err != nil })
	mu.Lock()
	now = []byte(strings.Repeat("n", 32))
	mu.Unlock()
	s = serve(t, wire.TCP{}, addr, now)
	defer s.Close()
	s.Show(State{Title: "again"})
	until(t, early, func(h told) bool { return h.state != nil && h.state.Title == "again" })
}

// TestServe_TellsTheTime: whoever comes late knows how long it has played.
func TestServe_TellsTheTime(t *testing.T) {
	network := wire.NewMemory()
	s := serve(t, network, "127.0.0.1:0", nil)
	defer s.Close()
	s.Show(State{Elapsed: time.Second})
	s.mu.Lock()
	s.since = s.since.Add(-time.Minute)
	s.mu.Unlock()
	h := until(t, follow(t, network, s.Addr(), withKey(nil)), func(h told) bool { return h.state != nil && h.state.Elapsed > time.Second })
	if e := h.state.Elapsed; e < 61*time.Second || e > 61*time.Second+patience {
		t.Errorf("it has played for %v", e)
	}
}

// TestServe_Refuses those without the key, those who ask for something else, and
// too many.
func TestServe_Refuses(t *testing.T) {
	network := wire.NewMemory()
	s := serve(t, network, "127.0.0.1:0", key)
	defer s.Close()
	for name, other := range map[string][]byte{"none": nil, "another": []byte(strings.Repeat("x", 32))} {
		heard := follow(t, network, s.Addr(), withKey(other))
		if h := until(t, heard, func(h told) bool { return h.err != nil }); !errors.Is(h.err, wire.ErrUnauthorized) {
			t.Errorf("%s: %v", name, h.err)
		}
	}
	client, err := wire.DialWithKey(t.Context(), network, s.Addr(), wire.ClientHello(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := client.Call(t.Context(), &pb.Envelope_ListMembers{ListMembers: &pb.ListMembers{}}); !errors.Is(err, wire.ErrUnimplemented) {
		t.Errorf("a request for something else: %v", err)
	}
	for range mostWatchers {
		if _, err := client.Stream(&pb.Envelope_WatchNotes{WatchNotes: &pb.WatchNotes{}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.Call(t.Context(), &pb.Envelope_WatchNotes{WatchNotes: &pb.WatchNotes{}}); !errors.Is(err, wire.ErrUnavailable) {
		t.Errorf("one too many: %v", err)
	}
}

// TestStateOf: a message that nobody of ours sends does no harm.
func TestStateOf(t *testing.T) {
	s := stateOf(&pb.Notes{Current: 1 << 31, Lines: []*pb.ScriptLine{nil, {State: 99}}, ElapsedMillis: 1 << 63})
	if s.Current != 1 || s.Lines[1].Outcome != Pending || s.Elapsed != maxElapsed {
		t.Errorf("%+v", s)
	}
	if s := stateOf(nil); s.Current != 0 {
		t.Errorf("%+v", s)
	}
}
