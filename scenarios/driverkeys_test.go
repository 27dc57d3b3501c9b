package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"chordscope/node/cluster"
	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// This file holds the two drivers to the same behaviour with keys.

func access(t *testing.T, sys System, from uint64, a Access) observe.Access {
	t.Helper()
	done, err := sys.Access(t.Context(), ring.FromUint64(from), a)
	if err != nil {
		t.Fatalf("%s %v: %v", a.Op, a.Key, err)
	}
	return done
}

// What is put is in the picture with all copies when the put returns, and is
// read back as it was, byte for byte.
func TestAccessOnBothDrivers(t *testing.T) {
	t.Parallel()
	space := ring.MustSpace(6)
	values := map[string][]byte{
		"apple": []byte("red"), "empty": {}, "binary \x00\xff": []byte("\x00\xff\x80"),
		"large": bytes.Repeat([]byte("0123456789abcdef"), store.MaxValue/16),
	}
	onDrivers(t, func(t *testing.T, driver string) {
		sys := begin(t, driver, 1, 8, 14, 21, 32, 38, 42, 48, 51, 56)
		awaitHealth(t, sys, "stable", func(h observe.Health) bool { return h.Stable })
		for name, value := range values {
			key := store.Named(space, name)
			put := access(t, sys, 8, Access{Op: opPut, Key: key, Value: value})
			if put.Failed != "" || put.Found || put.Copies != 3 {
				t.Errorf("put %q: %+v", name, put)
			}
			d := sys.Picture().Datum(key)
			if d == nil || len(holderNames(d)) != 3 || d.Version != put.Version || d.Owner != put.Lookup.Owner {
				t.Errorf("after put %q the picture has %+v", name, d)
			}
			got := access(t, sys, 51, Access{Op: opGet, Key: key})
			if !got.Found || !bytes.Equal(got.Value, value) || got.Version != put.Version || got.Failed != "" {
				t.Errorf("get %q: %d bytes, %+v", name, len(got.Value), got.Failed)
			}
			gone := access(t, sys, 32, Access{Op: opDelete, Key: key})
			if !gone.Found || gone.Failed != "" || gone.Version.Compare(put.Version) <= 0 || sys.Picture().Datum(key) != nil {
				t.Errorf("delete %q: %+v", name, gone)
			}
			if got := access(t, sys, 51, Access{Op: opGet, Key: key}); got.Found || got.Failed != "" || len(got.Value) > 0 {
				t.Errorf("get of the deleted %q: %+v", name, got)
			}
		}
		large := Access{Op: opPut, Key: store.Named(space, "x"), Value: make([]byte, store.MaxValue+1)}
		done, err := sys.Access(t.Context(), ring.FromUint64(8), large) // on real peers the wire refuses it
		if text := fmt.Sprint(done.Failed, err); !strings.Contains(text, "a value of 65537 bytes: at most 65536 are allowed") {
			t.Errorf("a value that is too large: %s", text)
		}
	})
}

// A load returns when the picture has all of it.
func TestLoadOnBothDrivers(t *testing.T) {
	t.Parallel()
	space := ring.MustSpace(6)
	onDrivers(t, func(t *testing.T, driver string) {
		sys := begin(t, driver, 8, 21, 42, 56)
		awaitHealth(t, sys, "stable", func(h observe.Health) bool { return h.Stable })
		var puts []LoadPut
		for i := range 300 {
			puts = append(puts, LoadPut{
				From: identifiers(8, 21, 42, 56)[i%4], Key: store.Named(space, fmt.Sprint(i)), Value: fmt.Append(nil, "value ", i),
			})
		}
		if err := sys.Load(t.Context(), puts); err != nil {
			t.Fatal(err)
		}
		if d := sys.Picture().Data; d.Keys != 300 || d.Healthy != 300 || d.Copies != 900 || d.Lost != 0 {
			t.Errorf("the picture has %+v", d)
		}
		for _, p := range puts {
			if d := sys.Picture().Datum(p.Key); d == nil || d.Sum != store.Sum(p.Value) {
				t.Errorf("%s: %+v", p.Key.Name, d)
			}
		}
		puts[150].From = ring.FromUint64(9)
		if err := sys.Load(t.Context(), puts); !errors.Is(err, cluster.ErrAbsent) || err.Error() != "N9 is not in the ring" {
			t.Errorf("a load through nobody: %v", err)
		}
		puts[150].From, puts[150].Value = ring.FromUint64(8), make([]byte, store.MaxValue+1)
		if err := sys.Load(t.Context(), puts); err == nil || !strings.Contains(err.Error(), `put "150" from N8: `) {
			t.Errorf("a load with a value that is too large: %v", err)
		}
	})
}
