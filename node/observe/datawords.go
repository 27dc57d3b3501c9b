package observe

import (
	"fmt"
	"unicode/utf8"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// dataEvent writes a trace event about keys as a sentence that follows the
// peer's name.
func (n namer) dataEvent(e chord.Event) string {
	key, peer, area := n.datum(e), n.peer(e.Peer.ID), n.area(e.Range)
	written := fmt.Sprintf("%s (version %d, %s), asked by %s", key, e.Version.Counter, Plural(e.Index, "copy"), peer)
	switch e.Kind {
	case chord.EvPut:
		return "stored " + written
	case chord.EvDeleted:
		return "deleted " + written
	case chord.EvWriteFailed:
		return fmt.Sprintf("could not write %s, asked by %s: %s", key, peer, e.Reason)
	case chord.EvReplica:
		return fmt.Sprintf("keeps a copy of %s (version %d) for %s", key, e.Version.Counter, peer)
	case chord.EvTook:
		return fmt.Sprintf("took %s of %s from %s: %s", Plural(e.Index, "key"), area, peer, e.Cause)
	case chord.EvDropped:
		return fmt.Sprintf("dropped %s of %s: %s has all copies in place", Plural(e.Index, "copy"), area, peer)
	case chord.EvSyncing:
		return "asks others before it answers for " + area
	case chord.EvSettled:
		return "answers for " + area + " alone from now"
	case chord.EvCollected:
		return fmt.Sprintf("removed %s of %s: all holders had them", Plural(e.Index, "tombstone"), area)
	}
	return ""
}

// datum names the key of an event.
func (n namer) datum(e chord.Event) string {
	if e.Name == "" {
		return n.key(e.Key)
	}
	return clip(store.Key{ID: e.Key, Name: e.Name}.Text(n.space))
}

// area writes a range with the short forms of its ends.
func (n namer) area(iv ring.Interval) string {
	if iv.From == iv.To {
		return "the whole circle"
	}
	return "(" + n.short(iv.From) + ", " + n.short(iv.To) + "]"
}

// clip shortens a name for a sentence.
func clip(name string) string {
	const most = 40
	if utf8.RuneCountInString(name) <= most {
		return name
	}
	return string([]rune(name)[:most-1]) + "…"
}
