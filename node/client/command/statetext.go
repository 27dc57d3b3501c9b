package command

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"chordscope/node/client"
	"chordscope/node/observe"
)

// stateText writes the ring for people: a row for each peer, one for each key if
// keys were asked for, and what it comes to.
func stateText(all *overview) []byte {
	pic := all.pic
	var out bytes.Buffer
	peers := table{
		head:    []string{"PEER", "ADDRESS", "STATE", "PREDECESSOR", "SUCCESSORS", "FINGERS", "ITEMS", "BYTES"},
		numbers: 2,
	}
	for i := range pic.Peers {
		peers.rows = append(peers.rows, peerRow(&pic.Peers[i], all.told(i)))
	}
	peers.write(&out)
	wrong := bytes.ContainsAny(out.Bytes(), staleMark+deadMark)
	if len(pic.Keys) > 0 {
		keys := table{head: []string{"KEY", "AT", "OWNER", "HELD BY", "STATE", "VERSION", "BYTES"}, numbers: 2}
		for _, d := range pic.Keys {
			keys.rows = append(keys.rows, keyRow(d, pic))
		}
		out.WriteByte('\n')
		keys.write(&out)
	}
	fmt.Fprintf(&out, "\n%s, %s with all copies, %s\n", observe.Plural(pic.Health.Live, "member"), observe.Plural(all.items, "item"), observe.Plural(all.bytes, "byte"))
	fmt.Fprintf(&out, "m = %d bits, r = %s, k = %s\n", pic.Space.Bits(), observe.Plural(all.successors, "successor"), observe.Plural(all.replicas, "replica"))
	fmt.Fprintln(&out, verdict(&pic.Health))
	if wrong {
		fmt.Fprintf(&out, "%s stale: another peer would be right   %s dead\n", staleMark, deadMark)
	}
	return out.Bytes()
}

// What follows a pointer that is not right.
const (
	staleMark = "~"
	deadMark  = "!"
)

func pointer(p *observe.Pointer) string {
	switch p.Verdict {
	case observe.None:
		return "-"
	case observe.Stale:
		return p.Name + staleMark
	case observe.Dead:
		return p.Name + deadMark
	}
	return p.Name
}

// longList is how many entries of a successor list a row has.
const longList = 6

func peerRow(p *observe.Peer, st *client.State) []string {
	row := []string{p.Name, p.Addr, p.State.String()}
	if st.Err != nil {
		return append(row, "-", "-", "-", "-", "-")
	}
	if st.Syncing {
		row[2] += ", syncing"
	}
	if st.Paused {
		row[2] += ", paused"
	}
	var list []string
	for i := range p.Successors {
		if i == longList {
			list = append(list, fmt.Sprintf("and %d more", len(p.Successors)-longList))
			break
		}
		list = append(list, pointer(&p.Successors[i]))
	}
	if len(list) == 0 {
		list = []string{"-"}
	}
	right := 0
	for i := range p.Fingers {
		if p.Fingers[i].Verdict == observe.Right {
			right++
		}
	}
	fingers := fmt.Sprintf("%d right", right)
	if right < len(p.Fingers) {
		fingers = fmt.Sprintf("%d of %d right", right, len(p.Fingers))
	}
	return append(row, pointer(&p.Predecessor), strings.Join(list, " "), fingers, strconv.Itoa(st.Items), strconv.Itoa(st.Bytes))
}

func keyRow(d *observe.Datum, pic *observe.Picture) []string {
	owner, holders := "-", []string(nil)
	for _, h := range d.Holders {
		if h.Has {
			holders = append(holders, h.Name)
		}
		if h.ID == d.Owner && pic.Health.Live > 0 {
			owner = h.Name
		}
	}
	at := "K" + pic.Space.Format(d.Key.ID)
	if len(at) > longID {
		at = at[:longID-2] + ".."
	}
	name := at
	if d.Key.Name != "" {
		name = clip(d.Name)
	}
	return []string{name, at, owner, strings.Join(holders, " "), d.State.String(),
		strconv.FormatUint(d.Version.Counter, 10), strconv.Itoa(d.Size)}
}

// longID is how many characters the row of a key has for the identifier.
const longID = 12
