package codec

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/store"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

func TestAccessRoundTrip(t *testing.T) {
	eachRandom(func(r random) {
		want := r.access()
		got, err := DecodeAccess(r.space, over(t, EncodeAccess(&want)))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, %v\nwant %+v", got, err, want)
		}
	})
}

// A write whose time was over before its lookup ended has a lookup without
// owner and without reason.
func TestAccessWithUnfinishedLookup(t *testing.T) {
	r := newRandom(1, 8)
	want := chord.Access{Op: chord.OpPut, Key: r.key(), Failed: "no answer in time", Code: chord.CodeUnavailable}
	want.Lookup = chord.Lookup{Number: 7, Key: want.Key.ID, Path: []chord.Ref{r.ref()}}
	got, err := DecodeAccess(r.space, over(t, EncodeAccess(&want)))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func TestAccessRequestRoundTrip(t *testing.T) {
	eachRandom(func(r random) {
		op, key := chord.Op(1+r.IntN(int(chord.OpDelete))), r.key()
		var value []byte
		if op == chord.OpPut {
			value = r.bytes(100)
		}
		gotOp, gotKey, gotValue, err := DecodeAccessRequest(r.space, over(t, EncodeAccessRequest(op, key, value)))
		if err != nil || gotOp != op || gotKey != key || !bytes.Equal(gotValue, value) {
			t.Fatalf("got %v %v %q, %v, want %v %v %q", gotOp, gotKey, gotValue, err, op, key, value)
		}
	})
}

func TestHeldKeysRoundTrip(t *testing.T) {
	eachRandom(func(r random) {
		var held Holdings
		want, gone := many(r, 20, r.entry), many(r, 20, r.key)
		delta := &pb.PeerDelta{Gone: encodeKeys(gone)}
		for i := range want {
			delta.Keys = append(delta.Keys, EncodeHeld(&want[i]))
		}
		gotKeys, gotGone, err := held.Delta(r.space, over(t, delta))
		if err != nil || !reflect.DeepEqual(gotKeys, want) || !reflect.DeepEqual(gotGone, gone) {
			t.Fatalf("got %+v and %+v, %v\nwant %+v and %+v", gotKeys, gotGone, err, want, gone)
		}
	})
}

// Pages and deltas in any order leave what was said last.
func TestHoldings(t *testing.T) {
	r := newRandom(1, 8)
	entry := func(n uint64, counter uint64) store.Entry {
		return store.Entry{Key: store.Key{ID: ring.FromUint64(n)}, Version: store.Version{Counter: counter}}
	}
	page := func(more bool, entries ...store.Entry) *pb.HeldKeys {
		out := &pb.HeldKeys{More: more}
		for _, e := range entries {
			out.Keys = append(out.Keys, EncodeHeld(&e))
		}
		return out
	}
	var held Holdings
	take := func(p *pb.HeldKeys) {
		if err := held.Page(r.space, over(t, p)); err != nil {
			t.Fatal(err)
		}
	}
	change := func(d *pb.PeerDelta) {
		if _, _, err := held.Delta(r.space, over(t, d)); err != nil {
			t.Fatal(err)
		}
	}
	change(&pb.PeerDelta{Keys: page(true, entry(9, 1)).Keys}) // before the page it belongs to
	take(page(true, entry(1, 1), entry(2, 1), entry(3, 1)))
	change(&pb.PeerDelta{Keys: page(true, entry(2, 2)).Keys, Gone: encodeKeys([]store.Key{entry(3, 0).Key, entry(7, 0).Key})})
	if held.Complete() {
		t.Error("complete before the last page")
	}
	take(page(false, entry(8, 1), entry(9, 2)))
	change(&pb.PeerDelta{Gone: encodeKeys([]store.Key{entry(1, 0).Key})})
	got := held.Entries()
	slices.SortFunc(got, func(a, b store.Entry) int { return a.Key.Compare(b.Key) })
	if want := []store.Entry{entry(2, 2), entry(8, 1), entry(9, 2)}; !held.Complete() || !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for name, p := range map[string]*pb.HeldKeys{"behind the last one": page(false), "empty before the last one": page(true)} {
		held := held
		held.complete = name == "behind the last one"
		if err := held.Page(r.space, p); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("a page %s: %v, want ErrMalformed", name, err)
		}
	}
}

// The head that the store makes is one that crosses the wire.
func TestEntryOfALongValue(t *testing.T) {
	r := newRandom(1, 8)
	it := store.Item{Key: r.key(), Version: r.version(), Value: bytes.Repeat([]byte{0xff}, store.MaxValue)}
	want := it.Entry()
	var held Holdings
	err := held.Page(r.space, over(t, &pb.HeldKeys{Keys: []*pb.HeldKey{EncodeHeld(&want)}}))
	if got := held.Entries(); err != nil || len(got) != 1 || got[0] != want || len(want.Head) != store.MaxHead {
		t.Fatalf("got %+v, %v\nwant %+v", got, err, want)
	}
}

// An empty value stays a value, and becomes nil on every way.
func TestEmptyValue(t *testing.T) {
	r := newRandom(1, 8)
	write := chord.Write{Key: r.key(), Value: []byte{}, Tag: 1}
	got, err := Decode(r.space, over(t, &pb.Envelope{Body: Encode(write)}))
	if w, ok := got.(chord.Write); err != nil || !ok || w.Value != nil || w.Delete {
		t.Errorf("got %+v, %v", got, err)
	}
}

var goodKey = &pb.Key{Id: []byte{7}}

// hostile are messages about keys that no honest peer sends.
func hostile() map[string]pb.Body {
	good := &pb.Version{Counter: 1, Node: []byte{7}}
	read := func(k *pb.Key) pb.Body { return &pb.Envelope_Read{Read: &pb.Read{Key: k}} }
	stored := func(its ...*pb.Item) pb.Body { return &pb.Envelope_Store{Store: &pb.Store{Items: its}} }
	write := func(w *pb.Write) pb.Body {
		w.Key = goodKey
		return &pb.Envelope_Write{Write: w}
	}
	return map[string]pb.Body{
		"no key":                        read(nil),
		"key outside of the ring":       read(&pb.Key{Id: []byte{1, 0}}),
		"name not at its hash":          read(&pb.Key{Id: []byte{7}, Name: []byte("apple")}),
		"write without tag":             write(&pb.Write{}),
		"delete with value":             write(&pb.Write{Tag: 1, Delete: true, Value: []byte{1}}),
		"item without key":              stored(&pb.Item{Version: good}),
		"item without version":          stored(&pb.Item{Key: goodKey}),
		"version without counter":       stored(&pb.Item{Key: goodKey, Version: &pb.Version{Node: []byte{7}}}),
		"version outside of the ring":   stored(&pb.Item{Key: goodKey, Version: &pb.Version{Counter: 1, Node: []byte{1, 0}}}),
		"tombstone with value":          stored(&pb.Item{Key: goodKey, Version: good, Deleted: true, Value: []byte{1}}),
		"too many items":                stored(repeat(&pb.Item{Key: goodKey, Version: good}, maxItems+1)...),
		"unknown cause":                 &pb.Envelope_Store{Store: &pb.Store{Why: 99}},
		"datum without item":            &pb.Envelope_Datum{Datum: &pb.Datum{}},
		"value that was never written":  &pb.Envelope_Datum{Datum: &pb.Datum{Item: &pb.Item{Key: goodKey, Value: []byte{1}}}},
		"tombstone never written":       &pb.Envelope_Datum{Datum: &pb.Datum{Item: &pb.Item{Key: goodKey, Deleted: true}}},
		"too many copies":               &pb.Envelope_Datum{Datum: &pb.Datum{Item: &pb.Item{Key: goodKey}, Copies: maxCopies + 1}},
		"compare without range":         &pb.Envelope_Compare{Compare: &pb.Compare{}},
		"range outside of the ring":     &pb.Envelope_Cover{Cover: &pb.Cover{Range: &pb.Range{To: []byte{1, 0}}}},
		"surplus without range":         &pb.Envelope_Surplus{Surplus: &pb.Surplus{}},
		"too many parts":                &pb.Envelope_Compared{Compared: &pb.Compared{Parts: repeat(&pb.Part{}, maxParts+1)}},
		"part outside of the ring":      &pb.Envelope_Compared{Compared: &pb.Compared{Parts: []*pb.Part{{To: []byte{1, 0}}}}},
		"list without range":            &pb.Envelope_List{List: &pb.List{}},
		"list after a key that is none": &pb.Envelope_List{List: &pb.List{Range: &pb.Range{}, After: &pb.Key{Id: []byte{1, 0}}}},
		"too many keys to fetch":        &pb.Envelope_Fetch{Fetch: &pb.Fetch{Keys: repeat(goodKey, maxKeys+1)}},
		"too many items listed":         &pb.Envelope_Listing{Listing: &pb.Listing{Items: repeat(&pb.Item{Key: goodKey, Version: good}, maxItems+1)}},
		"too many versions":             &pb.Envelope_Stored{Stored: &pb.Stored{Versions: repeat(good, maxItems+1)}},
		"too many tombstones":           &pb.Envelope_Collect{Collect: &pb.Collect{Tombstones: repeat(&pb.Tombstone{Key: goodKey, Version: good}, maxKeys+1)}},
		"tombstone without version":     &pb.Envelope_Collect{Collect: &pb.Collect{Tombstones: []*pb.Tombstone{{Key: goodKey}}}},
		"coverage by nobody":            &pb.Envelope_Coverage{Coverage: &pb.Coverage{Predecessor: &pb.PeerRef{}}},
	}
}

func TestHostileDataIsMalformed(t *testing.T) {
	space := ring.MustSpace(8)
	for name, body := range hostile() {
		if got, err := Decode(space, &pb.Envelope{Body: body}); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%s: got %+v, %v, want ErrMalformed", name, got, err)
		}
	}
	for name, m := range map[string]*pb.AccessRequest{
		"get with value":    {Op: pb.Op_OP_GET, Key: goodKey, Value: []byte{1}},
		"delete with value": {Op: pb.Op_OP_DELETE, Key: goodKey, Value: []byte{1}},
		"no key":            {Op: pb.Op_OP_PUT},
	} {
		if _, _, _, err := DecodeAccessRequest(space, m); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("request, %s: %v, want ErrMalformed", name, err)
		}
	}
	for _, op := range []pb.Op{0, 99} {
		if _, _, _, err := DecodeAccessRequest(space, &pb.AccessRequest{Op: op, Key: goodKey}); !errors.Is(err, wire.ErrUnimplemented) {
			t.Errorf("operation %d: %v, want ErrUnimplemented", op, err)
		}
		if _, err := DecodeAccess(space, &pb.AccessResult{Op: op, Key: goodKey}); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("result of operation %d: %v, want ErrMalformed", op, err)
		}
	}
	version := &pb.Version{Counter: 1}
	for name, m := range map[string]*pb.HeldKey{
		"no key":               {Version: version},
		"no version":           {Key: goodKey},
		"size":                 {Key: goodKey, Version: version, Size: store.MaxValue + 1},
		"head beyond the size": {Key: goodKey, Version: version, Size: 1, Head: []byte("ab")},
		"head of 49 bytes":     {Key: goodKey, Version: version, Size: 100, Head: make([]byte, 49)},
		"tombstone with size":  {Key: goodKey, Version: version, Size: 1, Deleted: true},
	} {
		var held Holdings
		if err := held.Page(space, &pb.HeldKeys{Keys: []*pb.HeldKey{m}}); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("held key, %s: %v, want ErrMalformed", name, err)
		}
	}
}

// What is honest but too long is refused by name, and the core of the other
// side understands it.
func TestTooLarge(t *testing.T) {
	space := ring.MustSpace(8)
	value := make([]byte, store.MaxValue+1)
	name := []byte(strings.Repeat("n", store.MaxName+1))
	_, errWrite := Decode(space, &pb.Envelope{Body: Encode(chord.Write{Tag: 1, Value: value})})
	_, errRead := Decode(space, &pb.Envelope{Body: &pb.Envelope_Read{Read: &pb.Read{Key: &pb.Key{Name: name}}}})
	_, _, _, errPut := DecodeAccessRequest(space, EncodeAccessRequest(chord.OpPut, store.Key{}, value))
	_, _, _, errGet := DecodeAccessRequest(space, &pb.AccessRequest{Op: pb.Op_OP_GET, Key: &pb.Key{Name: name}})
	for what, err := range map[string]error{"write": errWrite, "read": errRead, "put": errPut, "get": errGet} {
		if !errors.Is(err, wire.ErrTooLarge) || errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%s: %v, want ErrTooLarge", what, err)
			continue
		}
		got, err := Decode(space, over(t, &pb.Envelope{Body: wire.ErrorBody(err)}))
		if refusal, ok := got.(chord.Refusal); err != nil || !ok || refusal.Code != chord.CodeTooLarge || refusal.Detail == "" {
			t.Errorf("%s: told as %+v, %v", what, got, err)
		}
	}
	_, err := Decode(space, &pb.Envelope{Body: Encode(chord.Write{Tag: 1, Value: value[1:]})})
	if err != nil {
		t.Errorf("the longest value: %v", err)
	}
}

// FuzzClient: what is let through of a client's requests and of what a watched
// peer says can be said again.
func FuzzClient(f *testing.F) {
	r := newRandom(1, 8)
	for range 20 {
		a, e := r.access(), r.entry()
		add := func(m proto.Message) {
			b, err := proto.Marshal(m)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
		add(EncodeAccess(&a))
		add(EncodeAccessRequest(a.Op, a.Key, nil))
		add(EncodeHeld(&e))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		result, request, held := &pb.AccessResult{}, &pb.AccessRequest{}, &pb.HeldKey{}
		if proto.Unmarshal(b, result) == nil {
			if a, err := DecodeAccess(r.space, result); err == nil {
				again, err := DecodeAccess(r.space, over(t, EncodeAccess(&a)))
				if err != nil || !reflect.DeepEqual(a, again) {
					t.Fatalf("%+v became %+v, %v", a, again, err)
				}
			}
		}
		if proto.Unmarshal(b, request) == nil {
			if op, key, value, err := DecodeAccessRequest(r.space, request); err == nil {
				if _, k, v, err := DecodeAccessRequest(r.space, over(t, EncodeAccessRequest(op, key, value))); err != nil || k != key || !bytes.Equal(v, value) {
					t.Fatalf("%v %v became %v, %v", op, key, k, err)
				}
			}
		}
		if proto.Unmarshal(b, held) == nil {
			d := decoder{space: r.space}
			if e := d.held(held); d.err == nil {
				if again := d.held(over(t, EncodeHeld(&e))); d.err != nil || again != e {
					t.Fatalf("%+v became %+v, %v", e, again, d.err)
				}
			}
		}
	})
}
