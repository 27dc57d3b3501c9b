package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// keysPage is a screen that lists the keys of one peer.
func keysPage(pic *observe.Picture, peer uint64) *screen {
	s := newScreen(120, 40, pic, nil)
	s.choose(ring.FromUint64(peer))
	s.keys("t")
	return s
}

func TestKeys_OwnOnesFirstWithTheirPlaces(t *testing.T) {
	s := keysPage(keyedPicture(), 32)
	s.want(t, "2 keys, 3 copies, 15 B", "2 own keys on N32 N38 N42", "1 key of N14 on N14 N21 N32", "K24  val24", "v2")
	text := s.text()
	if strings.Index(text, "own keys on") > strings.Index(text, "key of N14") {
		t.Errorf("the own keys are not the first:\n%s", text)
	}
	s.keys("left") // N21 owns nothing, and keeps one
	s.want(t, "0 keys, 1 copy, 5 B", "1 key of N14 on N14 N21 N32")
	s.wantNot(t, "val24")
}

// TestKeys_RangeOverZeroStaysInOrder lists the range (56, 1] as it goes round.
func TestKeys_RangeOverZeroStaysInOrder(t *testing.T) {
	w := newWorld(6, 3, paperRing...)
	pic := w.withKeys(numberedKeys(w.space, 0, 1, 57, 63))
	groups := groupKeys(pic, ring.FromUint64(1))
	if len(groups) != 1 {
		t.Fatalf("%d groups, want 1", len(groups))
	}
	var names []string
	for _, d := range groups[0].keys {
		names = append(names, d.Name)
	}
	if got := strings.Join(names, " "); got != "K57 K63 K0 K1" {
		t.Errorf("keys are %s", got)
	}
}

func TestKeys_CopiesForTheNearestOwnerComeFirst(t *testing.T) {
	w := newWorld(6, 3, paperRing...)
	pic := w.withKeys(numberedKeys(w.space, 37, 40, 33, 47))
	var owners []string
	for _, g := range groupKeys(pic, ring.FromUint64(48)) {
		d, _ := g.keys[0].Owner.Uint64()
		owners = append(owners, fmt.Sprint(d))
	}
	if got := strings.Join(owners, " "); got != "48 42 38" {
		t.Errorf("owners are %s", got)
	}
}

func TestKeys_SayWhatIsWrong(t *testing.T) {
	w := newWorld(6, 3, paperRing...).set(observe.StateDead, 0, 5) // N38
	s := keysPage(w.withKeys(numberedKeys(w.space, 24, 30)), 32)
	s.want(t, "◦ 2 own keys on N32 N42, missing on N48")

	w = newWorld(6, 3, paperRing...).set(observe.StateDead, 0, 4, 5, 6) // N32 N38 N42
	s = keysPage(w.withKeys(numberedKeys(w.space, 24)), 48)
	s.want(t, "× 1 own key, lost: it was", "acknowledged")

	pic := keyedPicture()
	for _, d := range pic.Keys {
		if d.Name == "K24" {
			d.State = observe.Surplus
			d.Holders[1].Has, d.Holders[1].Old = false, true
			d.Holders = append(d.Holders, observe.Holder{ID: ring.FromUint64(48), Name: "N48", Has: true})
		}
	}
	s = keysPage(pic, 32)
	s.want(t, "1 own key on N32 N42, another value on", "N38, not yet dropped on N48")
}

// TestKeys_OtherPlacesAreAnotherGroup: keys of one owner and in the same state
// stand together only if their copies do.
func TestKeys_OtherPlacesAreAnotherGroup(t *testing.T) {
	pic := keyedPicture()
	missing := 1
	for _, d := range pic.Keys {
		if d.Name == "K24" || d.Name == "K30" {
			d.State, d.Holders[missing].Has = observe.UnderReplicated, false
			missing++
		}
	}
	keysPage(pic, 32).want(t, "1 own key on N32 N42, missing on N38", "1 own key on N32 N38, missing on N42")
}

func TestKeys_FetchingIsSaid(t *testing.T) {
	pic := keyedPicture()
	pic.Peers[rankOf(pic, 32)].Syncing = true
	keysPage(pic, 32).want(t, "fetching its keys")
}

func TestKeys_NoneYet(t *testing.T) {
	keysPage(paperPicture(), 32).want(t, "No keys yet.")
	pic := keyedPicture()
	pic.Keys = pic.Keys[:1]
	keysPage(pic, 48).want(t, "It holds no keys.")
}

func TestKeys_LongValuesAndLists(t *testing.T) {
	w := newWorld(6, 3, 8)
	d := named(w.space, strings.Repeat("long name ", 20), strings.Repeat("long value ", 3))
	d.Size = 65536
	s := keysPage(w.withKeys([]*observe.Datum{d}), 8)
	s.want(t, "… 65.5 kB")

	w = newWorld(16, 3, 8)
	rows := listKeys(keysPage(w.withKeys(manyKeys(w.space, listed+50)), 8).Model, &w.picture().Peers[0], 43)
	last := rows[len(rows)-1]
	if got := last.parts[0].text; !strings.Contains(got, "and 50 more") || len(rows) > listed+10 {
		t.Errorf("%d rows, the last one is %q", len(rows), got)
	}
}

// TestKeys_AreListedOnce: frames of the same picture must not cost as much as
// the peer has keys.
func TestKeys_AreListedOnce(t *testing.T) {
	s := keysPage(keyedPicture(), 32)
	var list keyList
	first := list.rows(s.Model, 40)
	if again := list.rows(s.Model, 40); &again[0] != &first[0] {
		t.Error("the same keys are listed again")
	}
	s.choose(ring.FromUint64(38))
	if other := list.rows(s.Model, 40); &other[0] == &first[0] {
		t.Error("another peer has the same list")
	}
}

func TestPages_TurnByKeyAndClick(t *testing.T) {
	s := newScreen(120, 40, keyedPicture(), nil)
	s.want(t, "finger", "[2, 3)")
	for _, step := range []struct{ key, want string }{{"t", "own key"}, {"t", "12 messages/s"}, {"t", "[2, 3)"}} {
		s.keys(step.key)
		s.want(t, step.want)
	}
	s.clickText(t, "keys  links")
	if s.page != pageKeys {
		t.Errorf("a click on keys shows page %d", s.page)
	}
	s.clickText(t, "table  keys")
	if s.page != pageTable {
		t.Errorf("a click on table shows page %d", s.page)
	}
}

func TestPages_NeedRoom(t *testing.T) {
	s := newScreen(60, 20, keyedPicture(), nil)
	s.View()
	s.keys("t")
	s.want(t, "keys: there is no room for it below 72 x 18")
}

func TestPages_ScrollFromTheTop(t *testing.T) {
	w := newWorld(16, 3, 8, 30000)
	s := newScreen(80, 24, w.withKeys(manyKeys(w.space, 100)), nil)
	for what, leave := range map[string]func(){
		"esc":          func() { s.keys("esc") },
		"another peer": func() { s.selectStep(1) },
		"another page": func() { s.keys("t", "t", "t") },
	} {
		s.page = pageTable
		s.keys("t")
		s.View()
		s.focus = paneInspector
		for range 30 {
			s.keys("down")
		}
		s.wantNot(t, "own keys on")
		leave()
		s.dirty = true
		if !strings.Contains(s.text(), "own keys on") {
			t.Errorf("after %s the page is not at its top", what)
		}
	}
}

func TestKeyName(t *testing.T) {
	w := newWorld(6, 3, paperRing...)
	apple := named(w.space, "apple", "red")
	pic := w.withKeys(append(numberedKeys(w.space, 10, 24), apple))
	at := func(id ring.ID, why string) *observe.Lookup {
		return &observe.Lookup{Key: id, KeyName: "K" + w.space.Format(id), For: why}
	}
	for _, c := range []struct {
		lookup *observe.Lookup
		want   string
	}{
		{at(apple.Key.ID, "get"), `"apple"`},
		{at(apple.Key.ID, ""), "K" + w.space.Format(apple.Key.ID)}, // nobody asked for apple
		{at(ring.FromUint64(10), "get"), "K10"},
		{at(ring.FromUint64(11), "get"), "K11"},
		{at(ring.FromUint64(63), "get"), "K63"},
	} {
		if got := keyName(pic, c.lookup); got != c.want {
			t.Errorf("%+v is %s, want %s", c.lookup, got, c.want)
		}
	}
	another := *apple
	another.Key.Name, another.Name = "pear", `"pear"` // as if they had the same hash
	pic.Keys = append(pic.Keys[:len(pic.Keys):len(pic.Keys)], &another)
	slices.SortFunc(pic.Keys, func(a, b *observe.Datum) int { return a.Key.Compare(b.Key) })
	if got := keyName(pic, at(apple.Key.ID, "get")); strings.HasPrefix(got, `"`) {
		t.Errorf("of two keys in one place the name is %s", got)
	}
}

// TestState_TimeGivesWay to the process, which somebody may want to kill by hand.
func TestState_TimeGivesWay(t *testing.T) {
	pic := keyedPicture()
	p := &pic.Peers[rankOf(pic, 32)]
	p.Syncing, p.Paused, p.PID = true, true, 1234567
	m := newScreen(120, 40, pic, nil).Model
	for width, want := range map[int]bool{44: false, 80: true} {
		r := stateRow(m, p, width)
		text := ""
		for _, part := range r.parts {
			text += part.text
		}
		if !strings.HasSuffix(text, "pid 1234567") || strings.Contains(text, "for ") != want {
			t.Errorf("%d columns: %q", width, text)
		}
	}
}
