package tui

import (
	"strings"
	"testing"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/tui/draw"
)

func TestKeyBand_CountsKeysWhereTheyStand(t *testing.T) {
	w := newWorld(6, 3, paperRing...)
	pic := w.withKeys(numberedKeys(w.space, 0, 16, 17, 63))
	var b keyBand
	b.count(pic, nil, lens{}, 32) // two identifiers to a stretch
	for i, bin := range b.bins {
		want := map[int]int{0: 1, 8: 2, 31: 1}[i]
		if bin.keys != want {
			t.Errorf("stretch %d has %d keys, want %d", i, bin.keys, want)
		}
	}
}

func TestKeyBand_SaysWhatConcernsTheSelectedPeer(t *testing.T) {
	pic := keyedPicture() // K10 is on N14 N21 N32, K24 and K30 on N32 N38 N42
	apple := int(pic.Space.Turn(pic.Space.Hash([]byte("apple"))) * 64)
	var b keyBand
	for _, c := range []struct {
		peer uint64
		want map[int]relation // by identifier
	}{
		{32, map[int]relation{10: keeper, 24: owner, 30: owner}},
		{42, map[int]relation{24: keeper, 30: keeper, 38: keeper}},
		{8, map[int]relation{54: keeper}},
	} {
		i := rankOf(pic, c.peer)
		b.count(pic, &pic.Peers[i], lens{}, 64)
		for id, bin := range b.bins {
			if bin.near != c.want[id] && id != apple {
				t.Errorf("N%d: K%d is %d to it, want %d", c.peer, id, bin.near, c.want[id])
			}
		}
	}
}

// rankOf returns where in a picture the peer with this identifier stands.
func rankOf(pic *observe.Picture, id uint64) int {
	for i := range pic.Peers {
		if pic.Peers[i].ID == ring.FromUint64(id) {
			return i
		}
	}
	panic("no such peer")
}

func TestKeyBand_WorstStateWins(t *testing.T) {
	w := newWorld(6, 3, paperRing...)
	pic := w.withKeys(numberedKeys(w.space, 20, 21, 22, 23))
	pic.Keys[0].State, pic.Keys[1].State, pic.Keys[2].State = observe.Surplus, observe.Lost, observe.UnderReplicated
	var b keyBand
	b.count(pic, nil, lens{}, 16) // 20 to 23 are one stretch
	if got := b.bins[5].worst; got != observe.Lost {
		t.Errorf("the worst is %v", got)
	}
	b.count(pic, &pic.Peers[rankOf(pic, 21)], lens{}, 16) // which owns 20 and 21, but not 22 and 23
	if got := b.bins[5].near; got != owner {
		t.Errorf("a stretch with own keys is %d to their owner", got)
	}
	pic = w.withKeys(numberedKeys(w.space, 22))
	pic.Keys[0].State = observe.Surplus
	b.count(pic, nil, lens{}, 16)
	if got := b.bins[5].worst; got != observe.Healthy {
		t.Errorf("a key with one copy more than needed is marked as %v", got)
	}
}

// TestKeyBand_IsCountedOnce: frames of the same picture must not cost as much
// as there are keys.
func TestKeyBand_IsCountedOnce(t *testing.T) {
	pic := keyedPicture()
	var b keyBand
	b.count(pic, &pic.Peers[3], lens{}, 64)
	first := &b.bins[0]
	b.count(pic, &pic.Peers[3], lens{}, 64)
	if first != &b.bins[0] {
		t.Error("the same picture is counted again")
	}
	for what, again := range map[string]func(){
		"another picture":   func() { b.count(keyedPicture(), &pic.Peers[3], lens{}, 64) },
		"another peer":      func() { b.count(b.pic, &pic.Peers[4], lens{}, 64) },
		"no peer":           func() { b.count(b.pic, nil, lens{}, 64) },
		"another arc":       func() { b.count(b.pic, nil, lens{middle: 0.5, power: 1}, 64) },
		"another precision": func() { b.count(b.pic, nil, lens{}, 65) },
	} {
		first = &b.bins[0]
		if again(); first == &b.bins[0] {
			t.Errorf("%s is not counted", what)
		}
	}
}

func TestRing_FewKeysAreGlyphsWithNames(t *testing.T) {
	s := newScreen(80, 24, keyedPicture(), nil)
	s.choose(ring.FromUint64(32))
	s.page = pageTable // which names no keys
	s.dirty = true
	s.want(t, "K24", "K30", "K10", "K54", `"apple"`)
	if own, copied := strings.Count(s.ringText(), "◆"), strings.Count(s.ringText(), "◇"); own != 2 || copied != 1 {
		t.Errorf("%d own keys and %d copies are on the ring, want 2 and 1:\n%s", own, copied, s.text())
	}
}

func TestRing_KeysInTroubleHaveTheirOwnGlyphs(t *testing.T) {
	for _, n := range []int{40, 400} { // glyphs alone, and over a band
		w := newWorld(16, 4, spread(16, 24)...)
		healthy := newScreen(120, 29, w.withKeys(manyKeys(w.space, n)), nil).ringText()
		broken := newScreen(120, 29, bereft(n), nil).ringText()
		for _, glyph := range []string{"◦", "×"} {
			if strings.Contains(healthy, glyph) {
				t.Errorf("%d healthy keys are marked with %s:\n%s", n, glyph, healthy)
			}
			if !strings.Contains(broken, glyph) {
				t.Errorf("none of %d keys is marked with %s:\n%s", n, glyph, broken)
			}
		}
	}
}

// datumCells counts the cells of the ring that show keys and nothing else.
func datumCells(s *screen) int {
	s.dirty = true
	s.View()
	n := 0
	for x := range s.width {
		for y := range s.height {
			if s.ring.canvas.Level(x, y) == draw.Datum {
				n++
			}
		}
	}
	return n
}

// TestRing_TenThousandKeysAreAFringe checks that the band grows with the number
// of keys, but never fills the circle.
func TestRing_TenThousandKeysAreAFringe(t *testing.T) {
	last := 0
	for _, n := range []int{100, 1000, 10_000} {
		w := newWorld(16, 4, spread(16, 8)...)
		s := newScreen(120, 40, w.withKeys(manyKeys(w.space, n)), nil)
		cells := datumCells(s)
		if cells <= last {
			t.Errorf("%d keys fill %d cells, fewer keys %d", n, cells, last)
		}
		last = cells
	}
	if all := 120 * 40 / 8; last > all {
		t.Errorf("10000 keys fill %d cells, more than %d", last, all)
	}
	f := &ringFrame{circle: circle{ry: 63}}
	for keys, want := range map[int]int{1: 1, 2: 2, 3: 2, 4: 3, 63: 6, 64: 7, 1_000_000: 7} {
		if got := f.depth(keys); got != want {
			t.Errorf("%d keys in a place are %d dots deep, want %d", keys, got, want)
		}
	}
}
