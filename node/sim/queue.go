package sim

import (
	"time"

	"chordscope/node/chord"
)

// event is something that happens at a time: an input of a host, or a call.
type event struct {
	at   time.Duration
	to   *Host
	in   chord.Input // a chord.Wake is dropped if the host's wake time has moved
	sent time.Duration
	from *Host
	f    func()
}

// queue is a heap by time; events of one time keep the order they were made. It
// is as wide and keeps the times beside each other since most of the time of a
// large simulation is spent waiting for memory.
type queue struct {
	made  uint64
	slots []slot
	spare []*event // to be used again
}

type slot struct {
	at   time.Duration
	made uint64
	e    *event
}

func (a *slot) before(b *slot) bool { return a.at < b.at || a.at == b.at && a.made < b.made }

// width is how many children a slot has.
const width = 4

func (q *queue) empty() bool { return len(q.slots) == 0 }

// next is when the first event happens; there must be one.
func (q *queue) next() time.Duration { return q.slots[0].at }

// event returns an event to be filled in.
func (q *queue) event() *event {
	last := len(q.spare) - 1
	if last < 0 {
		return new(event)
	}
	e := q.spare[last]
	q.spare = q.spare[:last]
	return e
}

// done takes back an event that nobody needs any more.
func (q *queue) done(e *event) {
	*e = event{}
	q.spare = append(q.spare, e)
}

func (q *queue) push(e *event) {
	q.made++
	q.slots = append(q.slots, slot{e.at, q.made, e})
	q.up(len(q.slots) - 1)
}

// pop returns the first event, of which there must be one.
func (q *queue) pop() *event {
	e := q.slots[0].e
	last := len(q.slots) - 1
	q.slots[0], q.slots[last] = q.slots[last], slot{}
	q.slots = q.slots[:last]
	q.down(0)
	return e
}

func (q *queue) up(i int) {
	s := q.slots
	for i > 0 {
		parent := (i - 1) / width
		if !s[i].before(&s[parent]) {
			return
		}
		s[i], s[parent] = s[parent], s[i]
		i = parent
	}
}

func (q *queue) down(i int) {
	s := q.slots
	for {
		first := width*i + 1
		if first >= len(s) {
			return
		}
		least := first
		for c := first + 1; c < min(first+width, len(s)); c++ {
			if s[c].before(&s[least]) {
				least = c
			}
		}
		if !s[least].before(&s[i]) {
			return
		}
		s[i], s[least] = s[least], s[i]
		i = least
	}
}

// drop takes out all events for which gone holds.
func (q *queue) drop(gone func(*event) bool) {
	kept := q.slots[:0]
	for _, s := range q.slots {
		if !gone(s.e) {
			kept = append(kept, s)
		}
	}
	clear(q.slots[len(kept):])
	q.slots = kept
	for i := len(kept) / width; i >= 0; i-- {
		q.down(i)
	}
}
