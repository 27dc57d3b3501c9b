package ring_test

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"chordscope/node/ring"
)

func TestNewSpaceBounds(t *testing.T) {
	for _, tc := range []struct {
		bits int
		ok   bool
	}{{-1, false}, {0, false}, {2, false}, {3, true}, {160, true}, {161, false}} {
		s, err := ring.NewSpace(tc.bits)
		if (err == nil) != tc.ok {
			t.Errorf("NewSpace(%d): error %v", tc.bits, err)
		}
		if err == nil && s.Bits() != tc.bits {
			t.Errorf("NewSpace(%d).Bits() = %d", tc.bits, s.Bits())
		}
	}
}

func TestMustSpacePanics(t *testing.T) {
	mustPanic(t, "MustSpace(2)", func() { ring.MustSpace(2) })
}

func mustPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s did not panic", what)
		}
	}()
	f()
}

// The top bits of SHA-1, not the bottom ones: 127.0.0.1:4001 and :4003 have
// digests that begin with b28 and b21, and meet on rings of 6 and of 8 bits.
func TestHashVectors(t *testing.T) {
	for _, v := range []struct {
		text             string
		six, eight, wide uint64 // at m = 6, 8 and 16
	}{
		{"127.0.0.1:4000", 50, 202, 51960},
		{"127.0.0.1:4001", 44, 178, 45698},
		{"127.0.0.1:4002", 24, 98, 25137},
		{"127.0.0.1:4003", 44, 178, 45598},
		{"127.0.0.1:4004", 26, 104, 26763},
		{"apple", 52, 208, 53438},
		{"banana", 9, 37, 9486},
		{"chord", 18, 75, 19258},
	} {
		for m, want := range map[int]uint64{6: v.six, 8: v.eight, 16: v.wide} {
			if got := ring.MustSpace(m).Hash([]byte(v.text)); got != ring.FromUint64(want) {
				t.Errorf("Hash(%q) with %d bits = %v, want %d", v.text, m, toBig(got), want)
			}
		}
	}
}

func TestHashWholeDigest(t *testing.T) {
	s := ring.MustSpace(ring.MaxBits)
	const want = "a9993e364706816aba3e25717850c26c9cd0d89d" // FIPS 180, "abc"
	if got := s.Format(s.Hash([]byte("abc"))); got != want {
		t.Errorf("Hash(abc) = %s, want %s", got, want)
	}
}

// A smaller ring keeps the top bits of a larger one, at every width.
func TestHashTruncates(t *testing.T) {
	whole := ring.MustSpace(ring.MaxBits).Hash([]byte("chord"))
	for m := ring.MinBits; m <= ring.MaxBits; m++ {
		s := ring.MustSpace(m)
		want := new(big.Int).Rsh(toBig(whole), uint(ring.MaxBits-m))
		if got := s.Hash([]byte("chord")); toBig(got).Cmp(want) != 0 || !s.Contains(got) {
			t.Errorf("Hash with %d bits = %x, want %x", m, toBig(got), want)
		}
	}
}

func TestAddAndDistance(t *testing.T) {
	eachWidth(t, func(t *testing.T, s ring.Space, rng *rand.Rand) {
		check := func(a, b ring.ID) {
			t.Helper()
			sum := modulo(s, new(big.Int).Add(toBig(a), toBig(b)))
			if got := s.Add(a, b); toBig(got).Cmp(sum) != 0 {
				t.Fatalf("Add(%x, %x) = %x, want %x", toBig(a), toBig(b), toBig(got), sum)
			}
			steps := modulo(s, new(big.Int).Sub(toBig(b), toBig(a)))
			if got := s.Distance(a, b); toBig(got).Cmp(steps) != 0 {
				t.Fatalf("Distance(%x, %x) = %x, want %x", toBig(a), toBig(b), toBig(got), steps)
			}
		}
		ends := []ring.ID{{}, ring.FromUint64(1), s.Last()}
		for _, a := range edges(t, s) {
			for _, b := range ends {
				check(a, b)
				check(b, a)
			}
		}
		ids := sample(t, s, rng, 1000)
		for i := 1; i < len(ids); i++ {
			check(ids[i-1], ids[i])
		}
	})
}

func TestFingerStart(t *testing.T) {
	eachWidth(t, func(t *testing.T, s ring.Space, rng *rand.Rand) {
		for _, n := range append(sample(t, s, rng, 20), ring.ID{}, s.Last()) {
			for i := 1; i <= s.Bits(); i++ {
				want := new(big.Int).Lsh(big.NewInt(1), uint(i-1))
				want = modulo(s, want.Add(want, toBig(n)))
				if got := s.FingerStart(n, i); toBig(got).Cmp(want) != 0 {
					t.Fatalf("FingerStart(%x, %d) = %x, want %x", toBig(n), i, toBig(got), want)
				}
			}
		}
		mustPanic(t, "finger 0", func() { s.FingerStart(ring.ID{}, 0) })
		mustPanic(t, "finger m+1", func() { s.FingerStart(ring.ID{}, s.Bits()+1) })
	})
}

func TestContainsAndLast(t *testing.T) {
	for m := ring.MinBits; m <= ring.MaxBits; m++ {
		s := ring.MustSpace(m)
		last := new(big.Int).Sub(circumference(s), big.NewInt(1))
		if got := s.Last(); toBig(got).Cmp(last) != 0 || !s.Contains(got) || !s.Contains(ring.ID{}) {
			t.Errorf("Last with %d bits = %x, want %x, and on the circle", m, toBig(got), last)
		}
		if m < ring.MaxBits && s.Contains(fromBig(t, circumference(s))) {
			t.Errorf("2^%d is on the circle of %d bits", m, m)
		}
	}
	if ring.MustSpace(6).Contains(ring.MustSpace(ring.MaxBits).Last()) {
		t.Error("2^160-1 is on the circle of 6 bits")
	}
}

func TestFormat(t *testing.T) {
	for _, tc := range []struct {
		bits int
		id   uint64
		want string
	}{
		{6, 0, "0"},
		{6, 54, "54"},
		{32, 1<<32 - 1, "4294967295"},
		{33, 0, "000000000"},
		{33, 0x1ffffffff, "1ffffffff"},
		{64, 0xabc, "0000000000000abc"},
		{160, 0x3fa2, strings.Repeat("0", 36) + "3fa2"},
	} {
		if got := ring.MustSpace(tc.bits).Format(ring.FromUint64(tc.id)); got != tc.want {
			t.Errorf("Format(%#x) with %d bits = %q, want %q", tc.id, tc.bits, got, tc.want)
		}
	}
}

func TestFormatParseRoundTrip(t *testing.T) {
	eachWidth(t, func(t *testing.T, s ring.Space, rng *rand.Rand) {
		for _, id := range append(edges(t, s), sample(t, s, rng, 200)...) {
			text := s.Format(id)
			if got, err := s.Parse(text); err != nil || got != id {
				t.Fatalf("Parse(%q) = %v, %v", text, got, err)
			}
			if d := s.Digits(); d > 0 && len(text) != d {
				t.Fatalf("%q has %d digits, Digits() = %d", text, len(text), d)
			}
		}
	})
}

func TestParseAccepts(t *testing.T) {
	for _, tc := range []struct {
		bits int
		text string
		want uint64
	}{
		{6, "007", 7},
		{64, "abc", 0xabc},
		{64, "ABC", 0xabc},
		{160, "0abc", 0xabc},
	} {
		got, err := ring.MustSpace(tc.bits).Parse(tc.text)
		if err != nil || got != ring.FromUint64(tc.want) {
			t.Errorf("Parse(%q) with %d bits = %v, %v", tc.text, tc.bits, got, err)
		}
	}
}

// The message tells the reader what would have been right.
func TestParseRefuses(t *testing.T) {
	decimal := []string{"", " ", "64", "-1", "+1", "1_0", "0x1", "a", "1 ", "1.5", "1e1", "٣", strings.Repeat("9", 100)}
	for _, text := range decimal {
		_, err := ring.MustSpace(6).Parse(text)
		if err == nil || !strings.Contains(err.Error(), "decimal identifier of 6 bits (0 to 63)") {
			t.Errorf("Parse(%q) with 6 bits: error %v", text, err)
		}
	}
	wide := []string{"", "200000000", "-1", "+1", "1_0", "0x1", "g", strings.Repeat("f", 41)}
	for _, text := range wide {
		_, err := ring.MustSpace(33).Parse(text)
		if err == nil || !strings.Contains(err.Error(), "hexadecimal identifier of 33 bits (0 to 1ffffffff)") {
			t.Errorf("Parse(%q) with 33 bits: error %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"", "0", "54", "64", "007", "-1", "+1", "1_0", "0x1f", "ffffffff", "1ffffffff", "FF", "1e5", "٣"} {
		f.Add(uint8(6), text)
		f.Add(uint8(33), text)
		f.Add(uint8(160), text)
	}
	f.Fuzz(func(t *testing.T, m uint8, text string) {
		s, err := ring.NewSpace(int(m))
		if err != nil {
			return
		}
		id, err := s.Parse(text)
		if wellFormed := allDigits(s, text); err != nil {
			if wellFormed && len(text) <= len(s.Format(s.Last())) && toNumber(s, text).Cmp(circumference(s)) < 0 {
				t.Fatalf("Parse(%q) with %d bits: %v", text, m, err)
			}
			return
		} else if !wellFormed {
			t.Fatalf("Parse(%q) with %d bits = %s, but it has other signs than digits", text, m, s.Format(id))
		}
		if !s.Contains(id) || toBig(id).Cmp(toNumber(s, text)) != 0 {
			t.Fatalf("Parse(%q) with %d bits = %s", text, m, s.Format(id))
		}
		if again, err := s.Parse(s.Format(id)); err != nil || again != id {
			t.Fatalf("Parse(%q) = %s, which reads as %s, %v", text, s.Format(id), s.Format(again), err)
		}
	})
}

// allDigits reports whether text is one or more digits of the base that the
// circle writes its identifiers in.
func allDigits(s ring.Space, text string) bool {
	digits := "0123456789"
	if s.Bits() > 32 {
		digits += "abcdefABCDEF"
	}
	return text != "" && strings.Trim(text, digits) == ""
}

// toNumber is the value of text, for which allDigits holds.
func toNumber(s ring.Space, text string) *big.Int {
	base := int64(10)
	if s.Bits() > 32 {
		base = 16
	}
	v := new(big.Int)
	for _, c := range []byte(strings.ToLower(text)) {
		digit := int64(c - '0')
		if c >= 'a' {
			digit = int64(c-'a') + 10
		}
		v.Mul(v, big.NewInt(base)).Add(v, big.NewInt(digit))
	}
	return v
}
