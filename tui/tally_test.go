package tui

import (
	"strings"
	"testing"

	"chordscope/node/observe"
	"chordscope/tui/draw"
)

func (r *row) text() string {
	var b strings.Builder
	for _, p := range r.parts {
		b.WriteString(p.text)
	}
	return b.String()
}

func TestTally(t *testing.T) {
	for _, c := range []struct {
		data observe.Data
		room int
		want string
	}{
		{observe.Data{}, 99, ""},
		{observe.Data{Keys: 200, Copies: 600}, 99, "200 keys · 600 copies · 0 lost"},
		{observe.Data{Keys: 1, Copies: 1}, 99, "1 key · 1 copy · 0 lost"},
		{observe.Data{Keys: 12000, Copies: 36000}, 99, "12 000 keys · 36 000 copies · 0 lost"},
		{observe.Data{Keys: 200, Copies: 600}, 20, "200 keys · 0 lost"},
		{observe.Data{Keys: 200, Copies: 600}, 10, "200 keys"},
		{observe.Data{Keys: 200, Copies: 590, UnderReplicated: 10}, 99, "200 keys · 590 copies · ◦ 10 short of copies · 0 lost"},
		{observe.Data{Keys: 198, Copies: 590, UnderReplicated: 10, Lost: 2}, 40, "198 keys · 590 copies · ◦ 10 · × 2 lost"},
		{observe.Data{Keys: 198, Copies: 590, UnderReplicated: 10, Lost: 2}, 9, "× 2 lost"},
		{observe.Data{Lost: 3}, 20, "0 keys · × 3 lost"},
		{observe.Data{Keys: 198, Lost: 2}, 3, ""},
	} {
		got := tally(&observe.Picture{Data: c.data}, c.room)
		if got.text() != c.want {
			t.Errorf("%+v in %d cells is %q, want %q", c.data, c.room, got.text(), c.want)
		}
	}
}

func TestTally_LostIsBad(t *testing.T) {
	for lost, want := range []draw.Ink{draw.Dim, draw.Bad | draw.Bold} {
		r := tally(&observe.Picture{Data: observe.Data{Keys: 5, Copies: 15, Lost: lost}}, 99)
		if got := r.parts[len(r.parts)-1].ink; got != want {
			t.Errorf("%d lost is in ink %d, want %d", lost, got, want)
		}
	}
}

func TestHeader_CountsKeys(t *testing.T) {
	for size, keys := range map[[2]int]string{{80, 24}: "6 keys · 18 copies · 0 lost", {120, 40}: "6 keys", {160, 50}: "6 keys · 18 copies · 0 lost"} {
		newScreen(size[0], size[1], keyedPicture(), nil).want(t, keys, "registry 127.0.0.1:4100")
		newScreen(size[0], size[1], paperPicture(), nil).wantNot(t, " lost ·")
		s := playScreen(t, size[0], size[1])
		s.Update(pictureMsg{keyedPicture()})
		s.want(t, "Lookup on the paper's ring", "6 keys")
	}
}

func TestFooter_HelpHasItsPlace(t *testing.T) {
	for _, s := range []*screen{newScreen(80, 24, paperPicture(), nil), playScreen(t, 80, 24), newScreen(40, 12, paperPicture(), nil)} {
		lines := strings.Split(s.text(), "\n")
		foot := lines[len(lines)-1]
		if !strings.Contains(foot, "? all keys") {
			t.Errorf("the footer is %q", foot)
		}
	}
}

func TestHelp_NamesTheRegistry(t *testing.T) {
	s := newScreen(120, 60, keyedPicture(), nil)
	s.keys("?", "end")
	s.want(t, "--registry 127.0.0.1:4100")
}
