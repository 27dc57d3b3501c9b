package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/client"
	"chordscope/node/ring"
	"chordscope/node/store"
	"chordscope/proto/wire"
)

var space = ring.MustSpace(6)

func ref(id uint64) chord.Ref {
	return chord.Ref{ID: ring.FromUint64(id), Addr: fmt.Sprintf("127.0.0.1:%d", 7000+id), Inc: 1}
}

func refs(ids ...uint64) (out []chord.Ref) {
	for _, id := range ids {
		out = append(out, ref(id))
	}
	return out
}

// broken is a ring of three with one dead, one silent and one new peer.
func broken() []client.State {
	state := func(id, predecessor uint64, successors []uint64, fingers ...uint64) client.State {
		return client.State{Peer: ref(id), Protocol: "corrected", Clock: 1500 * time.Millisecond, Items: 2, Bytes: 7, Snapshot: chord.Snapshot{
			Self: ref(id), Status: chord.StatusMember, Predecessor: ref(predecessor), Successors: refs(successors...), Fingers: refs(fingers...),
		}}
	}
	one := state(1, 42, []uint64{8, 14, 42}, 8, 8, 8, 14, 42, 42)
	fourteen := state(14, 8, []uint64{42, 1}, 42, 42, 42, 42, 42, 1)
	fortyTwo := state(42, 1, nil, 1, 1, 1, 1, 1, 14)
	fourteen.Predecessor = chord.Ref{}
	fourteen.Syncing, fortyTwo.Paused = true, true
	return []client.State{
		one, {Peer: ref(8), Err: fmt.Errorf("dial: %w", wire.ErrRefused)},
		fourteen, {Peer: ref(21), Err: errors.New("context deadline exceeded")}, fortyTwo,
	}
}

func TestStateText(t *testing.T) {
	want := `
PEER  ADDRESS         STATE            PREDECESSOR  SUCCESSORS     FINGERS       ITEMS  BYTES
N1    127.0.0.1:7001  member           N42          N8! N14~ N42~  3 of 6 right      2      7
N8    127.0.0.1:7008  dead             -            -              -                 -      -
N14   127.0.0.1:7014  member, syncing  -            N42 N1         6 right           2      7
N21   127.0.0.1:7021  silent           -            -              -                 -      -
N42   127.0.0.1:7042  member, paused   N1~          -              5 of 6 right      2      7

3 members, 6 items with all copies, 21 bytes
m = 6 bits, r = 3 successors, k = 2 replicas
valid, repairing: the successor of N1 is N8, not N14
~ stale: another peer would be right   ! dead
`
	got := "\n" + string(stateText(newOverview(space, 3, 2, broken())))
	if got != want {
		t.Errorf("got:%s\nwant:%s", got, want)
	}
}

// What JSON says of a peer that does not answer, and of the ring.
func TestStateJSON(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(string(stateJSON(newOverview(space, 3, 2, broken())))), "\n")
	for i, want := range map[int]string{
		0: `{"name":"N1","id":"1","address":"127.0.0.1:7001","incarnation":1,"state":"member","predecessor":"N42","successors":["N8","N14","N42"],"fingers":["N8","N8","N8","N14","N42","N42"],"items":2,"bytes":7,"syncing":false,"paused":false,"protocol":"corrected","sent":0,"received":0,"links":0,"uptime_ms":1500}`,
		1: `{"name":"N8","id":"8","address":"127.0.0.1:7008","incarnation":1,"state":"dead","error":"dial: connection refused"}`,
		3: `{"name":"N21","id":"21","address":"127.0.0.1:7021","incarnation":1,"state":"silent","error":"context deadline exceeded"}`,
	} {
		if lines[i] != want {
			t.Errorf("line %d: %s\nwant %s", i, lines[i], want)
		}
	}
	var last summary
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.Ideal || last.Why == "" || last.Peers != 3 || last.Items != 6 || last.Bytes != 21 {
		t.Errorf("%+v, %v", last, err)
	}
}

// A peer that was started anew is there once, and its former life not at all.
func TestStateOfARestartedPeer(t *testing.T) {
	states := broken()[:1]
	states[0].Peer.Inc, states[0].Self.Inc = 2, 2
	states = append(states, client.State{Peer: ref(1), Err: client.ErrReplaced})
	for _, order := range [][]client.State{states, {states[1], states[0]}} {
		text := string(stateText(newOverview(space, 3, 2, order)))
		if strings.Count(text, "\nN1 ") != 1 || !strings.Contains(text, "member") {
			t.Errorf("%s", text)
		}
	}
}

// Rows stay aligned and short, however many and however long.
func TestStateOfALargeRing(t *testing.T) {
	const n = 200
	wide := ring.MustSpace(160)
	var all []chord.Ref
	for i := range n {
		all = append(all, chord.Ref{ID: wide.Hash([]byte{byte(i)}), Addr: fmt.Sprintf("127.0.0.1:%d", 9900+i), Inc: 1})
	}
	states := make([]client.State, n)
	for i := range states {
		s := &states[i]
		s.Peer = all[i]
		s.Snapshot = chord.Snapshot{Self: all[i], Status: chord.StatusMember, Predecessor: all[(i+7)%n], Fingers: make([]chord.Ref, 160)}
		for j := range 32 {
			s.Successors = append(s.Successors, all[(i+j+1)%n])
		}
		s.Keys = []store.Entry{{Key: store.Named(wide, strings.Repeat("é", 500)), Version: store.Version{Counter: 1}, Size: 1}}
		s.Items, s.Bytes = 1, 1
	}
	text := string(stateText(newOverview(wide, 32, 3, states)))
	tables := strings.Split(text, "\n\n")
	width := 0
	for line := range strings.Lines(tables[0]) {
		line = strings.TrimSuffix(line, "\n")
		if width == 0 {
			width = len(line)
		}
		if len(line) != width || width > 180 {
			t.Fatalf("a line of %d bytes, the first has %d: %s", len(line), width, line)
		}
	}
	if rows := strings.Count(tables[0], "\n") + 1; rows != 1+n {
		t.Errorf("%d rows", rows)
	}
	if !strings.Contains(tables[1], "\n\"ééé") || strings.Contains(tables[1], strings.Repeat("é", 50)) {
		t.Errorf("the key: %.500s", tables[1])
	}
}

func TestStateOfNobody(t *testing.T) {
	text := string(stateText(newOverview(space, 3, 2, []client.State{{Peer: ref(1), Err: wire.ErrRefused}})))
	if !strings.Contains(text, "\n0 members") || !strings.Contains(text, "\nno peer is a member of the ring\n") {
		t.Errorf("%s", text)
	}
}
