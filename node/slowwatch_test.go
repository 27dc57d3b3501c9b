package node

import (
	"testing"
	"testing/synctest"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/proto/wire"
)

// flood makes n lookups at once, each of which leaves three events.
func flood(p *Peer, n int) {
	done := make(chan struct{})
	p.inbox.put(item{do: func() {
		defer close(done)
		space := p.cfg.Chord.Space
		for i := range n {
			p.find(chord.Find{Key: space.FingerStart(p.ref.ID, i%space.Bits()+1)}, func(chord.Lookup) {})
		}
	}})
	<-done
}

// A watcher that does not read costs the peer nothing. When it reads again it
// learns that it missed something and gets the whole state.
func TestSlowWatcher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		cfg := config(network, 8)
		cfg.Chord.Space = ring.MustSpace(160) // so that events are long
		cfg.Chord.Self.ID = cfg.Chord.Space.Last()
		p := enter(t, cfg)
		slow := newViewer(t, network, p, 0)
		quick := view(t, network, p, 0)
		c := dial(t, network, p.Ref().Addr)
		made := 0
		for round := range 110 { // below the three seconds after which its link is cut
			n := 1 // until its own end of the connection is full of tellings
			if round >= 70 {
				n = 600 // then the bytes count
			}
			flood(p, n)
			made += n + 1
			began := time.Now()
			call(t, c, lookupRequest([]byte{9}, false))
			if d := time.Since(began); d > 0 {
				t.Fatalf("another client waits for %v", d)
			}
			pass(watchEvery + time.Millisecond)
		}
		if quick.losses > 0 || quick.count(chord.EvLookupDone) != made {
			t.Errorf("one that reads lost %d times, and heard of %d lookups of %d",
				quick.losses, quick.count(chord.EvLookupDone), made)
		}
		go slow.read()
		settle()
		call(t, c, controlRequest(key, pauseAction))
		settle()
		if slow.losses == 0 || slow.states < 2 || !slow.begun {
			t.Errorf("%d losses and %d states", slow.losses, slow.states)
		}
		slow.sees(p)
	})
}

// More events than a peer keeps between two tellings are a loss as well.
func TestTooManyEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := enter(t, config(network, 8))
		v := view(t, network, p, 0)
		settle()
		flood(p, maxEvents)
		settle()
		if v.losses != 1 || v.states != 2 {
			t.Errorf("%d losses, %d states, want 1 and 2", v.losses, v.states)
		}
		v.sees(p)
	})
}

// A watcher that never reads again loses its link.
func TestStuckWatcher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := enter(t, config(network, 8))
		newViewer(t, network, p, 0)
		for range 100 { // more tellings than its end of the connection keeps
			flood(p, 100)
			pass(100 * time.Millisecond)
		}
		synctest.Wait()
		if len(p.watch.list) != 0 {
			t.Error("it is still being watched")
		}
	})
}
