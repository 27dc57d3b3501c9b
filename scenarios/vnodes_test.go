package scenarios

import (
	"strings"
	"testing"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// What is done to one virtual node is done to its host, on both drivers, and a
// host that comes back has all of its places again.
func TestHostsAreWhole(t *testing.T) {
	write(t, map[string]string{"s.chord": `set bits=10 vnodes=3 replicas=2 stabilize=100ms fix=100ms check=200ms
join N100 N500 N900
wait until stable within 60s
expect size = 9
load 20 keys
kill random
expect size = 6
wait until stable within 60s
expect lost = 0
restart all
expect size = 9
wait until stable within 60s
freeze random
expect eventually size = 6 within 10s
thaw random
wait until stable within 60s
expect size = 9
leave random 2
expect size = 3
wait until stable within 60s
expect lost = 0
join 2
expect size = 9
`})
	for _, driver := range []string{DriverTCP, DriverVirtual} {
		t.Run(driver, func(t *testing.T) {
			var out strings.Builder
			if status := RunFiles(t.Context(), RunOptions{Virtual: driver == DriverVirtual}, []string{"s.chord"}, systemOf, &out, &out); status != ExitOK {
				t.Errorf("status %d\n%s", status, out.String())
			}
		})
	}
}

// Both drivers give the virtual nodes of a host the same identifiers: the hashes
// of N8#1, N8#2, here with the top 6 bits of SHA-1.
func TestPlacesOfVirtualNodes(t *testing.T) {
	t.Parallel()
	onDrivers(t, func(t *testing.T, driver string) {
		sys := systemOf(driver)
		t.Cleanup(func() { sys.Close() })
		set := DefaultSettings()
		set.Bits, set.VNodes = 6, 4
		if err := sys.Start(t.Context(), set); err != nil {
			t.Fatal(err)
		}
		if err := sys.Join(t.Context(), identifiers(8, 40), nil); err != nil {
			t.Fatal(err)
		}
		space := ring.MustSpace(6)
		want := make(map[ring.ID]string)
		for _, first := range []string{"N8", "N40"} {
			id, _ := space.Parse(first[1:])
			want[id] = first
		}
		for _, first := range []string{"N8", "N40"} {
			for i, n := 1, 0; n < 3; i++ {
				id := space.Hash([]byte(first + "#" + string(rune('0'+i))))
				if want[id] == "" {
					want[id] = first
					n++
				}
			}
		}
		pic := sys.Picture()
		if len(pic.Peers) != len(want) {
			t.Fatalf("%d peers, want %d", len(pic.Peers), len(want))
		}
		hosts := make(map[string]string)
		for i := range pic.Peers {
			p := &pic.Peers[i]
			if have := hosts[p.HostAddr()]; want[p.ID] == "" || have != "" && have != want[p.ID] {
				t.Errorf("%s is on the host of %q, want %q", p.Name, have, want[p.ID])
			}
			hosts[p.HostAddr()] = want[p.ID]
		}
		if ok, err := sys.WaitFor(t.Context(), hang, func(pic *observe.Picture) bool { return pic.Health.Stable }); !ok {
			t.Error("the ring does not become ideal", err)
		}
	})
}

func TestVirtualNodesThatCannotBe(t *testing.T) {
	for script, want := range map[string]string{
		"set vnodes=0": `vnodes is 1 to 20, found "0"`,
		"set vnodes=20 replicas=4 successors=4\njoin N1": "",
		"set vnodes=20 replicas=5 successors=5\njoin N1": "vnodes=20 with replicas=5 needs successor lists of 81 entries, and there may be 64",
		"set bits=3 vnodes=9\njoin N1":                   "no 9 identifiers are free for the virtual nodes of N1 on a ring of 3 bits",
	} {
		write(t, map[string]string{"s.chord": script})
		var out strings.Builder
		status := RunFiles(t.Context(), RunOptions{Virtual: true}, []string{"s.chord"}, systemOf, &out, &out)
		if (status != ExitOK) != (want != "") || !strings.Contains(out.String(), want) {
			t.Errorf("%s: status %d\n%s", script, status, out.String())
		}
	}
}
