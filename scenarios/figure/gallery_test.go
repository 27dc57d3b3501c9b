package figure

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

var writeTo = flag.String("figures", "", "folder to write the figures of the gallery into, to look at them")

// picture is one figure of the gallery.
type picture struct {
	name string
	pic  *observe.Picture
	Options
}

// gallery has a figure of every kind, small and large.
func gallery() []picture {
	small := ringOf(3, ids(0, 1, 3))
	putKeys(small, nil, 1, 2, 6)
	ton := ringOf(6, paper)
	putKeys(ton, nil, 10, 24, 30, 38, 54)
	tonLookup := lookupOf(ton, 54, 8, 42, 51, 56)
	broken := changed(6, paper, ids(1, 8, 14, 21, 42, 48, 51, 56))
	putKeys(broken, map[uint64]observe.KeyState{30: observe.UnderReplicated, 38: observe.Lost, 54: observe.Surplus}, 10, 24, 30, 38, 54)
	broken.Health.Valid, broken.Health.Why = false, "N21 has no live successor"
	tries := lookupOf(broken, 40, 8, 21, 42)
	tries.Steps = slices.Insert(tries.Steps, 1, observe.Step{
		At: ring.FromUint64(21), AtName: "N21", Next: ring.FromUint64(38), NextName: "N38", HasNext: true, Timeout: true,
		Why: "closest preceding of 40 in my table: finger[4] = N38",
	})
	joining := changed(6, paper, ids(1, 8, 14, 21, 26, 32, 38, 42, 48, 51, 56))
	states := ringOf(6, paper)
	for i, s := range []observe.State{observe.StateLeaving, observe.StateSilent, observe.StateDead, observe.StateLeft, observe.StateJoining} {
		states.Peers[2*i].State = s
	}
	states.Peers[1].State, states.Peers[1].Frozen = observe.StateSilent, true
	parted := ringOf(6, paper)
	part(parted, 4)
	links := ringOf(6, paper)
	links.Faults = []observe.Fault{
		{From: paper[1], To: paper[6], LinkFault: observe.LinkFault{Cut: true}},
		{From: paper[2], To: paper[4], LinkFault: observe.LinkFault{Cut: true}},
		{From: paper[4], To: paper[2], LinkFault: observe.LinkFault{Cut: true}},
		{From: paper[5], To: paper[9], LinkFault: observe.LinkFault{Delay: 200 * time.Millisecond}},
	}
	wide := ring.MustSpace(160)
	list := []picture{
		{"m3", small, Options{Title: "SIGCOMM 2001, figure 3: fingers and keys", Keys: true, Focus: "N1"}},
		{"ton", ton, Options{}},
		{"ton-fingers", ton, Options{Focus: "N8", Title: "The finger table of N8"}},
		{"ton-lookup", ton, Options{Focus: "N8", Lookup: tonLookup, Keys: true, Title: "N8 looks up K54"}},
		{"ton-dark", ton, Options{Focus: "N8", Lookup: tonLookup, Keys: true, Title: "N8 looks up K54", Dark: true}},
		{"broken", broken, Options{Focus: "N21", Lookup: tries, Keys: true, Title: "N32 and N38 have crashed"}},
		{"joining", joining, Options{Focus: "N26", Title: "N26 joins"}},
		{"states", states, Options{Title: "Every state"}},
		{"parted", parted, Options{Title: "A partition"}},
		{"links", links, Options{Title: "Faults of links"}},
		{"alone", ringOf(6, ids(8)), Options{Focus: "N8"}},
		{"wide", ringOf(160, random(wide, 32)), Options{Title: "160 bits"}},
	}
	for _, n := range []int{32, 64, 128, 500} {
		space := ring.MustSpace(16)
		members := random(space, n)
		pic := ringOf(16, members)
		first := members[n/3]
		path := []ring.ID{first, members[2*n/3], members[5*n/6], members[5*n/6+1], members[5*n/6+2]}
		var values []uint64
		for _, id := range path {
			v, _ := id.Uint64()
			values = append(values, v)
		}
		key := values[len(values)-1] - 1
		for i := range 10 * n {
			putKeys(pic, nil, uint64(i*65536/(10*n)))
		}
		list = append(list, picture{fmt.Sprint("n", n), pic, Options{
			Title: fmt.Sprint(n, " peers"), Focus: name(space, first), Lookup: lookupOf(pic, key, values...), Keys: n != 64,
		}})
	}
	widePic := ringOf(160, random(wide, 12))
	return append(list,
		picture{"wide-focus", widePic, Options{Focus: widePic.Peers[3].Name, Title: "The finger table at 160 bits"}},
		picture{"cluster", ringOf(16, cluster(64)), Options{Title: "64 peers side by side"}})
}

// cluster is n peers that stand side by side.
func cluster(n int) []ring.ID {
	var out []ring.ID
	for i := range n {
		out = append(out, ring.FromUint64(uint64(9000+3*i)))
	}
	return out
}

// With -figures DIR the figures are written there.
func TestGallery(t *testing.T) {
	for _, g := range gallery() {
		svg := figure(t, g)
		if *writeTo == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(*writeTo, g.name+".svg"), svg, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
