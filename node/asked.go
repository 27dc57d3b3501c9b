package node

import (
	"errors"
	"time"

	"chordscope/node/chord"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

const (
	// maxOpen bounds the lookups and accesses of one link that have no answer
	// yet.
	maxOpen = 1024
	// replyRoom is how many bytes may wait on a link that gets a late answer.
	replyRoom = 1 << 20
	// retryEvery is how often it is looked whether there is room for one.
	retryEvery = 10 * time.Millisecond
)

// asked are the lookups and accesses that the core was asked for and has not
// finished. It is owned by the owner goroutine.
type asked struct {
	token    uint64
	finds    map[uint64]func(chord.Lookup)
	accesses map[uint64]func(chord.Access)
	open     map[*wire.Link]int // how many of them each link waits for
	late     []late             // answers that did not fit into their link's queue
	moving   int                // bytes that accesses under way may move
	waiting  []request          // accesses that wait for others to end
}

type late struct {
	link   *wire.Link
	answer *pb.Envelope
}

func newAsked() asked {
	return asked{finds: make(map[uint64]func(chord.Lookup)), accesses: make(map[uint64]func(chord.Access)), open: make(map[*wire.Link]int)}
}

// admit counts one more request of a link, unless it has too many open.
func (a *asked) admit(l *wire.Link) error {
	if a.open[l] >= maxOpen {
		return &wire.Error{Kind: wire.ErrUnavailable, Detail: "too many requests of this connection wait for their answers"}
	}
	a.open[l]++
	return nil
}

// reply answers a request that was admitted. An answer that does not fit into
// the queue of its link waits until there is room, or the link has ended.
func (a *asked) reply(l *wire.Link, answer *pb.Envelope) {
	if errors.Is(l.Send(answer), wire.ErrQueueFull) {
		a.late = append(a.late, late{l, answer})
		return
	}
	if a.open[l]--; a.open[l] <= 0 {
		delete(a.open, l)
	}
}

// retry sends late answers for which there is room now.
func (a *asked) retry() {
	waiting := a.late
	a.late = nil
	for _, x := range waiting {
		if x.link.Queued() > replyRoom {
			a.late = append(a.late, x)
		} else {
			a.reply(x.link, x.answer)
		}
	}
}

// answer hands on what a step has finished.
func (a *asked) answer(fx *chord.Effects) {
	for _, l := range fx.Lookups {
		if then := a.finds[l.Token]; then != nil {
			delete(a.finds, l.Token)
			then(l)
		}
	}
	for _, x := range fx.Accesses {
		if then := a.accesses[x.Token]; then != nil {
			delete(a.accesses, x.Token)
			then(x)
		}
	}
}
