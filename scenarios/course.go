package scenarios

import (
	"fmt"
	"io"
)

// lesson is a shipped scenario.
type lesson struct{ name, about string }

// course is the shipped scenarios in teaching order, by parts.
var course = []struct {
	part    string
	lessons []lesson
}{
	{"The papers", []lesson{
		{"paper-small", "The ring of SIGCOMM 2001 with three bits: tables, three keys, node 6 joins, node 3 leaves."},
		{"paper-lookup", "The ring of ToN 2003 with six bits: finger tables, and K54 looked up from N8."},
		{"recursive", "The same lookup twice: N8 asks each peer itself, or each peer asks the next one."},
		{"keys", "Keys are put and got; each lives at its successor, whoever asks."},
		{"consistent-hashing", "An eleventh peer comes, and only the keys of its own stretch move."},
		{"replicas", "The copies of a key, and what their number is good for."},
		{"paper-join", "N26 joins between N21 and N32, which later crashes."},
		{"join-steps", "The same join with time stopped: the paper's procedures one by one, and every state in between."},
		{"join-steps-corrected", "The same join with the corrected protocol, step by step."},
		{"one-by-one", "Seven of ten peers die one after the other, and no key is lost."},
		{"crash", "A third of the ring dies at one moment."},
		{"lookups-in-motion", "Lookups while peers join and crash: slower, but right."},
		{"churn", "Peers come and go at random, as in the papers' evaluation."},
		{"virtual-nodes", "A host in several places: loads even out, and copies go to hosts of their own."},
	}},
	{"Where learners stumble", []lesson{
		{"index-base", "Fingers numbered from 1 and from 0: the same rows."},
		{"wrap-around", "Intervals round the end of the circle, and the one that is the whole circle."},
		{"own-finger", "Why a finger may point at its own peer."},
		{"poison", "A wrong finger costs time; a wrong successor costs correctness."},
		{"keys-join", "Who gives keys to a newcomer, and exactly which."},
		{"leave-or-crash", "A leaver hands its keys over, a crashed peer does not."},
		{"slow-fingers", "Fingers lag behind the ring, one row a round."},
		{"one-successor", "Why one successor is not enough."},
		{"adjacent-kills", "With four successors, three neighbours may die."},
		{"all-but-one", "The last peer alive notices that it is alone."},
		{"bootstrap", "The first peer is nothing special: it dies."},
		{"freeze", "A peer that answers nothing is suspected, and taken back when it wakes."},
		{"one-way", "A link that works one way only."},
		{"cut", "One link is cut, the rest of the network works."},
		{"split", "A split ring stays split, as in the papers."},
		{"partition", "The same with merge=on: two rings come together again."},
		{"hop-counts", "Three ways to count hops, and half of log2 N."},
	}},
	{"More that can break", []lesson{
		{"restart", "A crashed peer comes back as somebody new."},
		{"delete", "What is deleted stays deleted."},
		{"delay", "A slow link is not a dead one."},
		{"drop", "A link that loses three in ten of its messages."},
		{"reset", "A connection breaks, and nobody dies."},
		{"registry", "The registry is gone, and the ring does not care."},
	}},
	{"Why the published protocol is not correct", []lesson{
		{"zave-1-original", "OrderedMerges: two newcomers in one gap end up in the wrong order, for a while."},
		{"zave-1-corrected", "The same events in the corrected protocol."},
		{"zave-2-original", "OrderedAppendages: a tail in the wrong order, for a while."},
		{"zave-2-corrected", "The same events in the corrected protocol."},
		{"zave-3-original", "ValidSuccessorList: a list that was never true skips a member, for a while."},
		{"zave-3-corrected", "The same events in the corrected protocol."},
		{"zave-4-original", "ConnectedAppendages: a newcomer hangs on at the dead, for good."},
		{"zave-4-corrected", "The same events in the corrected protocol."},
		{"zave-5-original", "AtLeastOneRing: no ring is left, for good."},
		{"zave-5-corrected", "The same events in the corrected protocol."},
		{"zave-6-original", "AtMostOneRing: two rings, for good."},
		{"zave-6-corrected", "The same events in the corrected protocol."},
		{"zave-7-original", "OrderedRing: one ring twice round the circle, for good."},
		{"zave-7-corrected", "The same events in the corrected protocol."},
	}},
	{"Exercises, with answers", []lesson{
		{"exercise-fingers", "Identifiers are given: write down the finger tables."},
		{"exercise-paths", "Three lookups to trace."},
		{"exercise-keys", "Which keys move when a peer joins, and when one leaves?"},
		{"exercise-failure", "N45 fails: whose finger tables change?"},
	}},
}

// shipped are the names of the course, in its order.
var shipped = func() (names []string) {
	for _, p := range course {
		for _, l := range p.lessons {
			names = append(names, l.name)
		}
	}
	return names
}()

// listed is a shipped scenario as "list --json" shows it.
type listed struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	About string `json:"about"`
	Part  string `json:"part"`
}

// List writes the shipped scenarios in teaching order, one a line, by parts.
func List(asJSON bool, stdout, stderr io.Writer) int {
	for i, p := range course {
		if !asJSON {
			if i > 0 {
				fmt.Fprintln(stdout)
			}
			fmt.Fprintln(stdout, p.part)
		}
		for _, l := range p.lessons {
			sc, err := loadShipped(l.name)
			if err != nil {
				fmt.Fprintln(stderr, err)
				return ExitWrong
			}
			if asJSON {
				writeJSON(stdout, listed{sc.Name, sc.Title, l.about, p.part})
			} else {
				fmt.Fprintf(stdout, "  %-20s  %s\n", sc.Name, l.about)
			}
		}
	}
	return ExitOK
}
