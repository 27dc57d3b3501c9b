package command

import (
	"encoding/json"
	"io"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

// writeJSON writes one object on a line of its own.
func writeJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// fullName names a peer in JSON: N and its whole identifier, which is the same
// whatever other peers there are.
func fullName(space ring.Space, id ring.ID) string { return "N" + space.Format(id) }

// refName is fullName, or empty for nobody.
func refName(space ring.Space, ref chord.Ref) string {
	if ref.IsZero() {
		return ""
	}
	return fullName(space, ref.ID)
}

// refNames never returns nil, so that JSON has a list.
func refNames(space ring.Space, refs []chord.Ref) []string {
	names := make([]string, 0, len(refs))
	for _, ref := range refs {
		names = append(names, refName(space, ref))
	}
	return names
}

// milliseconds is a duration in JSON, to the microsecond.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
