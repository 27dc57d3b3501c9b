package node

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"chordscope/node/chord"
	"chordscope/node/codec"
	"chordscope/node/ring"
	"chordscope/node/store"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// access does something with the key of a name, and fails the test if that
// fails.
func access(t *testing.T, p *Peer, op chord.Op, name, value string) chord.Access {
	t.Helper()
	a, err := p.Access(t.Context(), op, store.Named(p.cfg.Chord.Space, name), []byte(value))
	if err != nil || a.Failed != "" {
		t.Fatalf("%v %s: %s, %v", op, name, a.Failed, err)
	}
	return a
}

func put(t *testing.T, p *Peer, name, value string) chord.Access {
	t.Helper()
	return access(t, p, chord.OpPut, name, value)
}

func accessRequest(op chord.Op, key store.Key, value []byte) pb.Body {
	return &pb.Envelope_AccessRequest{AccessRequest: codec.EncodeAccessRequest(op, key, value)}
}

// ask sends an access over the wire.
func ask(t *testing.T, c *wire.Client, space ring.Space, op chord.Op, key store.Key, value []byte) chord.Access {
	t.Helper()
	a, err := codec.DecodeAccess(space, call(t, c, accessRequest(op, key, value)).GetAccessResult())
	if err != nil {
		t.Fatal(err)
	}
	if a.Failed != "" || a.Op != op || a.Key != key {
		t.Fatalf("%v %s: %+v", op, key.Text(space), a)
	}
	return a
}

// networks runs a test over TCP and, in a bubble, in memory.
func networks(t *testing.T, f func(t *testing.T, network wire.Network)) {
	t.Run("tcp", func(t *testing.T) {
		t.Parallel()
		f(t, wire.TCP{})
	})
	t.Run("memory", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { f(t, wire.NewMemory()) })
	})
}

// Every kind of access from every peer of a ring, over the wire.
func TestAccessRequest(t *testing.T) {
	networks(t, func(t *testing.T, network wire.Network) {
		peers := growPatient(t, network, paperIDs...)
		eventually(t, "all peers have their keys", func() bool {
			return !slices.ContainsFunc(peers, func(p *Peer) bool { return snapshot(t, p).Syncing })
		})
		space := peers[0].cfg.Chord.Space
		all := make([]byte, 256)
		for i := range all {
			all[i] = byte(i)
		}
		for i, tc := range []struct {
			key   store.Key
			value []byte
		}{
			{store.Key{ID: ring.FromUint64(54)}, []byte("of an identifier")},
			{store.Named(space, "apple"), nil}, // empty, which is a value too
			{store.Named(space, string(all)), all},
			{store.Named(space, strings.Repeat("\xff", store.MaxName)), bytes.Repeat(all, store.MaxValue/len(all))},
		} {
			writer := dial(t, network, peers[i].Ref().Addr)
			reader := dial(t, network, peers[len(peers)-1-i].Ref().Addr)
			if a := ask(t, reader, space, chord.OpGet, tc.key, nil); a.Found {
				t.Errorf("key %d is there before it was put", i)
			}
			a := ask(t, writer, space, chord.OpPut, tc.key, tc.value)
			if a.Found || a.Copies != 2 || a.Version.Counter != 1 || a.Lookup.Owner.IsZero() || a.Version.Node != a.Lookup.Owner.ID {
				t.Errorf("first put of key %d: %+v", i, a)
			}
			got := ask(t, reader, space, chord.OpGet, tc.key, nil)
			if !got.Found || !bytes.Equal(got.Value, tc.value) || got.Version != a.Version || got.Lookup.Owner != a.Lookup.Owner {
				t.Errorf("get of key %d: %d bytes, %+v", i, len(got.Value), got.Version)
			}
			if a := ask(t, reader, space, chord.OpDelete, tc.key, nil); !a.Found || a.Version.Counter != 2 {
				t.Errorf("delete of key %d: %+v", i, a)
			}
			if a := ask(t, writer, space, chord.OpGet, tc.key, nil); a.Found || len(a.Value) > 0 {
				t.Errorf("key %d is there after its delete", i)
			}
		}
	})
}

// The way to the owner comes with the answer.
func TestAccessTellsItsLookup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := grow(t, network, paperIDs...)[1]
		space := p.cfg.Chord.Space
		a := ask(t, dial(t, network, p.Ref().Addr), space, chord.OpGet, store.Key{ID: ring.FromUint64(54)}, nil)
		var path []string
		for _, r := range a.Lookup.Path {
			path = append(path, space.Format(r.ID))
		}
		if !slices.Equal(path, []string{"8", "42", "51", "56"}) || a.Took < 0 {
			t.Errorf("path %v, took %v", path, a.Took)
		}
	})
}

// What cannot be is refused in words, and the connection stands.
func TestAccessRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := enter(t, config(network, 8))
		c := dial(t, network, p.Ref().Addr)
		k := store.Key{ID: ring.FromUint64(5)}
		request := func(r *pb.AccessRequest) pb.Body { return &pb.Envelope_AccessRequest{AccessRequest: r} }
		wantErr(t, c, accessRequest(chord.OpPut, k, make([]byte, store.MaxValue+1)), wire.ErrTooLarge)
		wantErr(t, c, request(&pb.AccessRequest{Op: pb.Op_OP_GET, Key: &pb.Key{Name: make([]byte, store.MaxName+1)}}), wire.ErrTooLarge)
		wantErr(t, c, accessRequest(chord.OpGet, store.Key{ID: ring.FromUint64(5), Name: "apple"}, nil), wire.ErrMalformed)
		wantErr(t, c, accessRequest(chord.OpGet, store.Key{ID: ring.FromUint64(64)}, nil), wire.ErrMalformed)
		wantErr(t, c, request(&pb.AccessRequest{Op: pb.Op_OP_GET}), wire.ErrMalformed)
		wantErr(t, c, request(&pb.AccessRequest{Op: 99, Key: &pb.Key{}}), wire.ErrUnimplemented)
		ask(t, c, p.cfg.Chord.Space, chord.OpPut, k, make([]byte, store.MaxValue))
	})
}

func TestAccessBeforeMembership(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := start(t, config(network, 8))
		a, err := p.Access(t.Context(), chord.OpGet, store.Key{}, nil)
		if err != nil || a.Failed == "" || a.Code != chord.CodeNotMember {
			t.Errorf("%+v, %v", a, err)
		}
		p.Close()
		if _, err := p.Access(t.Context(), chord.OpGet, store.Key{}, nil); !errors.Is(err, ErrEnded) {
			t.Errorf("access to a peer that has ended: %v", err)
		}
	})
}

// A connection that has too much open is refused more, and no other one is.
// Once its requests are answered it may ask again.
func TestTooManyOpenRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		peers := grow(t, network, 8, 21, 42)
		space := peers[0].cfg.Chord.Space
		greedy, other := dial(t, network, peers[0].Ref().Addr), dial(t, network, peers[0].Ref().Addr)
		far := store.Key{ID: ring.FromUint64(20)}
		answers := make(chan error, maxOpen+2)
		var wg sync.WaitGroup
		inCore(t, peers[1], func() { // its owner is busy meanwhile
			for i := range maxOpen + 2 {
				body := accessRequest(chord.OpGet, far, nil)
				if i%2 == 0 {
					body = lookupRequest([]byte{20}, false)
				}
				wg.Go(func() {
					_, err := greedy.Call(t.Context(), body)
					answers <- err
				})
			}
			for range 2 {
				if err := <-answers; !errors.Is(err, wire.ErrUnavailable) {
					t.Errorf("one of %d requests: %v, want ErrUnavailable", maxOpen+2, err)
				}
			}
			ask(t, other, space, chord.OpGet, store.Key{ID: ring.FromUint64(43)}, nil)
		})
		wg.Wait()
		for range maxOpen {
			if err := <-answers; err != nil {
				t.Fatal(err)
			}
		}
		ask(t, greedy, space, chord.OpGet, far, nil)
		inCore(t, peers[0], func() {
			if n := len(peers[0].asked.open) + len(peers[0].asked.accesses) + len(peers[0].asked.finds); n > 0 {
				t.Errorf("%d requests are remembered after their answers", n)
			}
		})
	})
}

// Answers that do not fit into the queue of a slow client come later.
func TestLateAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		p := enter(t, config(network, 8))
		k := store.Key{ID: ring.FromUint64(5)}
		value := bytes.Repeat([]byte("v"), store.MaxValue)
		put(t, p, "apple", "red")
		slow := newViewer(t, network, p, 0)
		c := slow.client
		ask(t, c, p.cfg.Chord.Space, chord.OpPut, k, value)
		for range 100 { // until it reads nothing any more, since nobody takes what is told
			put(t, p, "apple", "green")
			pass(watchEvery + time.Millisecond)
		}
		const n = 300 // many times what the queue takes
		answers := make(chan error, n)
		for range n {
			go func() {
				env, err := c.Call(t.Context(), accessRequest(chord.OpGet, k, nil))
				if got := env.GetAccessResult().GetValue(); err == nil && !bytes.Equal(got, value) {
					err = fmt.Errorf("a value of %d bytes", len(got))
				}
				answers <- err
			}()
		}
		pass(100 * time.Millisecond)
		inCore(t, p, func() {
			if late, open := len(p.asked.late), len(p.asked.open); late < n/2 || open != 1 {
				t.Errorf("%d answers wait, %d connections have requests open", late, open)
			}
		})
		go slow.read()
		for range n {
			if err := <-answers; err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Many long values at the same time, which are more than the queues between
// peers take, do not make peers take each other for silent.
func TestManyLongValues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := wire.NewMemory()
		peers := grow(t, network, 1, 21, 42)
		space := peers[0].cfg.Chord.Space
		v := view(t, network, peers[0], pb.WatchPart_WATCH_PART_EVENTS)
		const clients, keys = 8, 40
		all := func(op chord.Op, value []byte) {
			failed := make(chan string, clients*keys)
			for i := range clients {
				c := dial(t, network, peers[0].Ref().Addr)
				for j := range keys {
					go func() {
						env, err := c.Call(t.Context(), accessRequest(op, store.Named(space, fmt.Sprint("key-", i, "-", j)), value))
						if err != nil {
							failed <- err.Error()
							return
						}
						failed <- env.GetAccessResult().GetFailed()
					}()
				}
			}
			for range clients * keys {
				if why := <-failed; why != "" {
					t.Error(why)
				}
			}
		}
		all(chord.OpPut, make([]byte, store.MaxValue))
		all(chord.OpGet, nil)
		settle()
		if n := v.count(chord.EvSuspected) + v.count(chord.EvDead); n > 0 {
			t.Errorf("%d times a peer was taken for silent", n)
		}
		inCore(t, peers[0], func() {
			if a := &peers[0].asked; a.moving != 0 || len(a.waiting) > 0 {
				t.Errorf("%d bytes and %d puts are left", a.moving, len(a.waiting))
			}
		})
	})
}
