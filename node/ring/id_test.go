package ring_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"chordscope/node/ring"
)

func TestFromBytes(t *testing.T) {
	full := bytes.Repeat([]byte{0xab}, ring.Size)
	for _, tc := range []struct {
		name  string
		in    []byte
		short []byte // as AppendBytes writes it
	}{
		{"nothing is zero", nil, nil},
		{"zero byte", []byte{0}, nil},
		{"one byte", []byte{54}, []byte{54}},
		{"leading zeros", []byte{0, 0, 0, 54}, []byte{54}},
		{"zero inside and at the end", []byte{1, 0, 2, 0}, []byte{1, 0, 2, 0}},
		{"word boundary", []byte{1, 0, 0, 0, 0, 0, 0, 0, 0}, []byte{1, 0, 0, 0, 0, 0, 0, 0, 0}},
		{"full size", full, full},
		{"full size, leading zeros", append(make([]byte, ring.Size-2), 7, 9), []byte{7, 9}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			id, err := ring.FromBytes(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := id.AppendBytes(nil); !bytes.Equal(got, tc.short) {
				t.Errorf("AppendBytes = %x, want %x", got, tc.short)
			}
			want := make([]byte, ring.Size)
			copy(want[ring.Size-len(tc.in):], tc.in)
			if got := id.Bytes(); !bytes.Equal(got[:], want) {
				t.Errorf("Bytes = %x, want %x", got, want)
			}
		})
	}
}

func TestFromBytesTooLong(t *testing.T) {
	// Even zeros: a peer that sends them does not speak the protocol.
	if id, err := ring.FromBytes(make([]byte, ring.Size+1)); err == nil {
		t.Errorf("FromBytes of %d bytes = %v, want an error", ring.Size+1, id)
	}
}

func TestAppendBytesAppends(t *testing.T) {
	got := ring.FromUint64(0x0102).AppendBytes([]byte("key "))
	if want := []byte("key \x01\x02"); !bytes.Equal(got, want) {
		t.Errorf("AppendBytes = %q, want %q", got, want)
	}
}

// The zero value is identifier 0 and equal to every other way to write it, so
// that an ID can be a map key.
func TestZeroValue(t *testing.T) {
	read, err := ring.FromBytes(make([]byte, ring.Size))
	if err != nil {
		t.Fatal(err)
	}
	if zero := (ring.ID{}); read != zero || ring.FromUint64(0) != zero {
		t.Error("identifier 0 is not one value")
	}
}

func TestBytesRoundTrip(t *testing.T) {
	eachWidth(t, func(t *testing.T, s ring.Space, rng *rand.Rand) {
		for _, id := range append(edges(t, s), sample(t, s, rng, 200)...) {
			full := id.Bytes()
			if got, err := ring.FromBytes(full[:]); err != nil || got != id {
				t.Fatalf("FromBytes(%x) = %v, %v", full, got, err)
			}
			short := id.AppendBytes(nil)
			if got, err := ring.FromBytes(short); err != nil || got != id {
				t.Fatalf("FromBytes(%x) = %v, %v", short, got, err)
			}
			if len(short) > 0 && short[0] == 0 {
				t.Fatalf("AppendBytes = %x has a leading zero byte", short)
			}
		}
	})
}

func TestOrder(t *testing.T) {
	eachWidth(t, func(t *testing.T, s ring.Space, rng *rand.Rand) {
		ids := sample(t, s, rng, 60)
		for _, a := range ids {
			for _, b := range ids {
				want := toBig(a).Cmp(toBig(b))
				if got := a.Compare(b); got != want {
					t.Fatalf("%v.Compare(%v) = %d, want %d", toBig(a), toBig(b), got, want)
				}
				if got := a.Less(b); got != (want < 0) {
					t.Fatalf("%v.Less(%v) = %t", toBig(a), toBig(b), got)
				}
			}
		}
	})
}

func TestUint64(t *testing.T) {
	eachWidth(t, func(t *testing.T, s ring.Space, rng *rand.Rand) {
		for _, id := range append(edges(t, s), sample(t, s, rng, 200)...) {
			want := toBig(id)
			got, ok := id.Uint64()
			if ok != want.IsUint64() {
				t.Fatalf("Uint64 of %v: ok = %t", want, ok)
			}
			if ok && (got != want.Uint64() || ring.FromUint64(got) != id) {
				t.Fatalf("Uint64 of %v = %d", want, got)
			}
		}
	})
}
