package node

import (
	"testing"
	"testing/synctest"

	"chordscope/node/chord"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// hold keeps the owner goroutine busy until release is called.
func hold(p *Peer) (release func()) {
	gate, held := make(chan struct{}), make(chan struct{})
	p.inbox.put(item{do: func() { close(held); <-gate }})
	<-held
	return func() { close(gate) }
}

func TestInboxHoldsUpWhoBringsTooMuch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInbox()
		for range maxInbox {
			b.put(item{in: chord.Wake{}})
		}
		put := make(chan bool, 2)
		go func() { put <- b.put(item{in: chord.Pause{}}) }()
		synctest.Wait()
		if len(put) > 0 {
			t.Fatal("put did not wait for room")
		}
		if n := len(b.take(nil)); n != maxInbox || !<-put {
			t.Errorf("took %d items", n)
		}
		if items := b.take(nil); len(items) != 1 || items[0].in != (chord.Pause{}) {
			t.Errorf("then took %v", items)
		}
	})
}

func TestInboxClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newInbox()
		for range maxInbox {
			b.put(item{})
		}
		put := make(chan bool)
		go func() { put <- b.put(item{}) }()
		synctest.Wait()
		b.close()
		if <-put || b.put(item{}) {
			t.Error("a closed inbox took something")
		}
	})
}

func TestInboxReusesBatches(t *testing.T) {
	b := newInbox()
	var batch []item
	for round := range 5 {
		for i := range round + 1 {
			b.put(item{in: chord.Lost{Addr: string(rune('a' + i))}})
		}
		batch = b.take(batch)
		for i, it := range batch {
			if it.in != (chord.Lost{Addr: string(rune('a' + i))}) {
				t.Errorf("round %d: item %d is %v", round, i, it.in)
			}
		}
		if len(batch) != round+1 {
			t.Errorf("round %d: %d items", round, len(batch))
		}
	}
}

// A client that asks faster than the peer works is held up on its own
// connection. Nothing is lost, and nothing piles up.
func TestFloodOfRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := enter(t, config(network, 8))
		release := hold(p)
		c := dial(t, network, p.Ref().Addr)
		const n = 3 * maxInbox
		answers := make(chan error, n)
		for range n {
			go func() {
				_, err := c.Call(t.Context(), &pb.Envelope_StateRequest{StateRequest: &pb.StateRequest{}})
				answers <- err
			}()
		}
		synctest.Wait()
		p.inbox.mu.Lock()
		waiting := len(p.inbox.items)
		p.inbox.mu.Unlock()
		if waiting != maxInbox || len(answers) > 0 {
			t.Errorf("%d items wait and %d were answered, want %d and none", waiting, len(answers), maxInbox)
		}
		release()
		for range n {
			if err := <-answers; err != nil {
				t.Fatal(err)
			}
		}
	})
}
