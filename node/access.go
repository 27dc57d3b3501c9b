package node

import (
	"context"
	"slices"

	"chordscope/node/chord"
	"chordscope/node/store"
)

// maxMoving bounds the bytes that the accesses under way through the peer may
// move to or from one owner; further ones wait. More could fill the queues
// between peers, which would take each other for silent.
const maxMoving = 2 << 20

// request is a put, get or delete.
type request struct {
	op    chord.Op
	key   store.Key
	value []byte
	then  func(chord.Access)
}

// size is how many bytes the request may move to or from the owner: of a get,
// nobody knows before.
func (r *request) size() int {
	if r.op == chord.OpGet {
		return store.MaxValue
	}
	return len(r.key.Name) + len(r.value)
}

func (r *request) input(token uint64) chord.Input {
	switch r.op {
	case chord.OpPut:
		return chord.Put{Token: token, Key: r.key, Value: r.value}
	case chord.OpDelete:
		return chord.Delete{Token: token, Key: r.key}
	}
	return chord.Get{Token: token, Key: r.key}
}

// find starts a lookup; then must not step the core.
func (p *Peer) find(find chord.Find, then func(chord.Lookup)) {
	p.asked.token++
	find.Token = p.asked.token
	p.asked.finds[find.Token] = then
	p.step(find)
}

// access starts a put, get or delete, or lets it wait; then must not step the
// core.
func (p *Peer) access(op chord.Op, key store.Key, value []byte, then func(chord.Access)) {
	p.asked.waiting = append(p.asked.waiting, request{op, key, value, then})
	p.beginAccesses()
}

// beginAccesses starts the accesses for which there is room, in turn.
func (p *Peer) beginAccesses() {
	a := &p.asked
	for len(a.waiting) > 0 && (a.moving == 0 || a.moving+a.waiting[0].size() <= maxMoving) {
		r := a.waiting[0]
		a.waiting = slices.Delete(a.waiting, 0, 1)
		a.moving += r.size()
		a.token++
		a.accesses[a.token] = func(done chord.Access) {
			a.moving -= r.size()
			r.then(done)
		}
		p.step(r.input(a.token))
	}
}

// Lookup looks up a key with this peer as the origin. A lookup that found no
// owner is a result with Failed set.
func (p *Peer) Lookup(ctx context.Context, find chord.Find) (chord.Lookup, error) {
	return await(ctx, p, func(then func(chord.Lookup)) { p.find(find, then) })
}

// Access puts, gets or deletes a key through this peer; value is that of a put
// and must not be changed afterwards. An access that failed is a result with
// Failed set. If ctx ends first, a write may happen all the same.
func (p *Peer) Access(ctx context.Context, op chord.Op, key store.Key, value []byte) (chord.Access, error) {
	return await(ctx, p, func(then func(chord.Access)) { p.access(op, key, value, then) })
}

// await starts something in the owner goroutine and waits for its outcome.
func await[T any](ctx context.Context, p *Peer, begin func(then func(T))) (T, error) {
	var none T
	result := make(chan T, 1)
	if !p.inbox.put(item{do: func() { begin(func(out T) { result <- out }) }}) {
		return none, ErrEnded
	}
	select {
	case out := <-result:
		return out, nil
	case <-p.done:
		return none, ErrEnded
	case <-ctx.Done():
		return none, ctx.Err()
	}
}
