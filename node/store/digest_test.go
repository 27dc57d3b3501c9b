package store_test

import (
	"math"
	"testing"

	"chordscope/node/ring"
	"chordscope/node/store"
)

// Peers of different builds compare digests, so the fingerprint is part of the
// protocol. The number is the SHA-1, computed by other means, of the identifier
// 54, version 7 of peer 56 in its incarnation 2, not deleted, "apple".
func TestFingerprintIsFixed(t *testing.T) {
	it := store.Item{
		Key:     store.Key{ID: ring.FromUint64(54), Name: "apple"},
		Version: store.Version{Counter: 7, Node: ring.FromUint64(56), Inc: 2},
	}
	want := store.Digest{Count: 1, Hi: 0x08b042d22cf301dc, Lo: 0xfefd3141797feb2b}
	if got := digestOf(it); got != want {
		t.Errorf("digest %x, want %x", got, want)
	}
}

// Whatever tells two items from each other shows in the digest; value and tag
// follow from the version and do not.
func TestFingerprintSeesEverythingThatMatters(t *testing.T) {
	base := store.Item{Key: store.Key{ID: ring.FromUint64(1)}, Version: store.Version{Counter: 1}}
	other := func(change func(*store.Item)) store.Digest {
		it := base
		change(&it)
		return digestOf(it)
	}
	seen := map[store.Digest]string{digestOf(base): "nothing"}
	for name, d := range map[string]store.Digest{
		"identifier":  other(func(it *store.Item) { it.Key.ID = ring.FromUint64(2) }),
		"name":        other(func(it *store.Item) { it.Key.Name = "a" }),
		"zero byte":   other(func(it *store.Item) { it.Key.Name = "\x00" }),
		"counter":     other(func(it *store.Item) { it.Version.Counter = 2 }),
		"node":        other(func(it *store.Item) { it.Version.Node = ring.FromUint64(1) }),
		"incarnation": other(func(it *store.Item) { it.Version.Inc = 1 }),
		"deleted":     other(func(it *store.Item) { it.Deleted = true }),
	} {
		if as, ok := seen[d]; ok {
			t.Errorf("changing the %s gives the digest of changing the %s", name, as)
		}
		seen[d] = name
	}
	if digestOf(base) != other(func(it *store.Item) { it.Value, it.Tag = []byte("x"), 5 }) {
		t.Error("value or tag enter the digest")
	}
}

func TestDigestAddCarries(t *testing.T) {
	a := store.Digest{Count: 2, Hi: math.MaxUint64, Lo: math.MaxUint64}
	b := store.Digest{Count: 3, Hi: 4, Lo: 2}
	want := store.Digest{Count: 5, Hi: 4, Lo: 1}
	if got := a.Add(b); got != want || b.Add(a) != want {
		t.Errorf("sum %v, want %v both ways", got, want)
	}
	if got := a.Add(store.Digest{}); got != a {
		t.Errorf("adding nothing gives %v, want %v", got, a)
	}
}
