package store_test

import (
	"strings"
	"testing"

	"chordscope/node/ring"
	"chordscope/node/store"
)

const wide = "00000000000000000000000000000000000000ff" // on 160 bits

func TestParse(t *testing.T) {
	small, large := ring.MustSpace(6), ring.MustSpace(160)
	id := func(v uint64) store.Key { return store.Key{ID: ring.FromUint64(v)} }
	for _, c := range []struct {
		space ring.Space
		text  string
		want  store.Key
	}{
		{small, "K54", id(54)},
		{small, "K0", id(0)},
		{small, "K63", id(63)},
		{small, "K054", id(54)},
		{small, `"K54"`, store.Named(small, "K54")},
		{small, `"K999"`, store.Named(small, "K999")},
		{small, "K", store.Named(small, "K")},
		{small, "Kff", store.Named(small, "Kff")},
		{small, "K-1", store.Named(small, "K-1")},
		{small, "k54", store.Named(small, "k54")},
		{small, "apple", store.Named(small, "apple")},
		{small, `"two words"`, store.Named(small, "two words")},
		{small, `"a \"quote\" \x00"`, store.Named(small, "a \"quote\" \x00")},
		{small, `in"side`, store.Named(small, `in"side`)},
		{large, "Kff", id(255)},
		{large, "KFF", id(255)},
		{large, "K" + wide, id(255)},
		{large, "K54", id(0x54)},
		{large, "Kiwi", store.Named(large, "Kiwi")},
		{large, `"Kff"`, store.Named(large, "Kff")},
	} {
		got, err := store.Parse(c.space, c.text)
		if err != nil || got != c.want {
			t.Errorf("Parse(%s) on %d bits = %v, %v, want %v", c.text, c.space.Bits(), got, err, c.want)
		}
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	small, large := ring.MustSpace(6), ring.MustSpace(160)
	for _, c := range []struct {
		space      ring.Space
		text, want string
	}{
		{small, "", "empty key"},
		{small, `""`, "empty key"},
		{small, `"apple`, "quotes"},
		{small, `"`, "quotes"},
		{small, `"a"b`, "quotes"},
		{small, "K64", "0 to 63"},
		{small, "K999", "in quotes it is a name"},
		{large, "K1" + strings.Repeat("0", 40), "160 bits"},
		{small, strings.Repeat("a", store.MaxName+1), "at most 1024"},
	} {
		if k, err := store.Parse(c.space, c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Parse(%.50s) = %v, %v, want an error with %q", c.text, k, err, c.want)
		}
	}
}

func TestText(t *testing.T) {
	small, large := ring.MustSpace(6), ring.MustSpace(160)
	for _, c := range []struct {
		space ring.Space
		key   store.Key
		want  string
	}{
		{small, store.Key{ID: ring.FromUint64(54)}, "K54"},
		{large, store.Key{ID: ring.FromUint64(255)}, "K" + wide},
		{small, store.Named(small, "apple"), `"apple"`},
		{small, store.Named(small, "K54"), `"K54"`},
		{small, store.Named(small, "\xff\n"), `"\xff\n"`},
	} {
		if got := c.key.Text(c.space); got != c.want {
			t.Errorf("Text of %v = %s, want %s", c.key, got, c.want)
		}
	}
}

func TestNamesStandAtTheirHash(t *testing.T) {
	for _, m := range []int{3, 6, 160} {
		space := ring.MustSpace(m)
		if k := store.Named(space, "apple"); k.Name != "apple" || k.ID != space.Hash([]byte("apple")) {
			t.Errorf("Named on %d bits = %v", m, k)
		}
	}
}

func TestCheck(t *testing.T) {
	space := ring.MustSpace(6)
	long := strings.Repeat("a", store.MaxName)
	for _, k := range []store.Key{{}, {ID: space.Last()}, store.Named(space, "apple"), store.Named(space, long)} {
		if err := k.Check(space); err != nil {
			t.Errorf("Check of %.50v: %v", k, err)
		}
	}
	moved := store.Named(space, "apple")
	moved.ID = space.Add(moved.ID, ring.FromUint64(1))
	for want, k := range map[string]store.Key{
		"at most 1024":             store.Named(space, long+"a"),
		"does not fit":             {ID: ring.FromUint64(64)},
		"not stand at its hash":    moved,
		"fit into 6 bits":          {ID: ring.MustSpace(160).Hash([]byte("apple")), Name: "apple"},
		`"0" does not stand at it`: {ID: space.Add(space.Hash([]byte("0")), ring.FromUint64(2)), Name: "0"},
	} {
		if err := k.Check(space); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Check of %.50v: %v, want an error with %q", k, err, want)
		}
	}
}

// Whatever Parse takes is a key that may be sent, and its Text is taken for the
// same key.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"K54", "K999", `"K54"`, "apple", `"a`, "", "Kff", "K-1", "\"\\xff\"", "K٣"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, m := range []int{3, 32, 33, 160} {
			space := ring.MustSpace(m)
			k, err := store.Parse(space, text)
			if err != nil {
				continue
			}
			if err := k.Check(space); err != nil {
				t.Errorf("Parse(%q) on %d bits: %v", text, m, err)
			}
			if again, err := store.Parse(space, k.Text(space)); err != nil || again != k {
				t.Errorf("%q on %d bits is %v; its text %s is %v, %v", text, m, k, k.Text(space), again, err)
			}
		}
	})
}
