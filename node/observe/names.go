package observe

import (
	"fmt"
	"sort"
	"strings"

	"chordscope/node/ring"
)

// namer gives peers and keys their short names: N8 and K54 where identifiers
// are written in decimal, otherwise N and as many hexadecimal digits as it
// takes to tell the known peers apart, at least minDigits.
type namer struct {
	space  ring.Space
	lower  int                // how much lower than in the papers fingers are numbered: 0 or 1
	sorted []string           // hexadecimal identifiers of the known peers; empty on a decimal ring
	peers  map[ring.ID]string // names of the known peers
}

const minDigits = 4

func newNamer(space ring.Space, ids []ring.ID) namer {
	n := namer{space: space, peers: make(map[ring.ID]string, len(ids))}
	if space.Digits() > 0 {
		for _, id := range ids {
			n.sorted = append(n.sorted, space.Format(id))
		}
		sort.Strings(n.sorted)
	}
	for _, id := range ids {
		n.peers[id] = "N" + n.short(id)
	}
	return n
}

// finger writes a row of a finger table, or the rows up to last, of which i is
// the number that the papers give it.
func (n namer) finger(i, last int) string {
	if last > i {
		return fmt.Sprintf("finger[%d..%d]", i-n.lower, last-n.lower)
	}
	return fmt.Sprintf("finger[%d]", i-n.lower)
}

func (n namer) peer(id ring.ID) string {
	if name, known := n.peers[id]; known {
		return name
	}
	return "N" + n.short(id)
}

func (n namer) key(id ring.ID) string { return "K" + n.short(id) }

func (n namer) short(id ring.ID) string {
	text := n.space.Format(id)
	if n.space.Digits() == 0 {
		return text
	}
	need := minDigits
	i := sort.SearchStrings(n.sorted, text)
	for _, j := range []int{i - 1, i, i + 1} {
		if j >= 0 && j < len(n.sorted) && n.sorted[j] != text {
			need = max(need, common(text, n.sorted[j])+1)
		}
	}
	return text[:min(need, len(text))]
}

// common returns the length of the common prefix.
func common(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return i
}

// FindPeer returns the peers whose name, or identifier as Space.Format writes
// it, begins with what follows the N of name. On a decimal ring the number
// must be exact.
func (p *Picture) FindPeer(name string) []*Peer {
	var out []*Peer
	digits := strings.ToLower(strings.TrimPrefix(strings.TrimPrefix(name, "N"), "n"))
	for i := range p.Peers {
		text := p.Space.Format(p.Peers[i].ID)
		if text == digits || p.Space.Digits() > 0 && digits != "" && strings.HasPrefix(text, digits) {
			out = append(out, &p.Peers[i])
		}
	}
	return out
}
