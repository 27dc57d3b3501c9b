package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// This file has what a recorder writes of the ring itself: as it is at the
// beginning and at the end, and what happened to it without a line.

// open writes what has to come first: the settings, and the ring if there is
// one already.
func (rec *Recorder) open(pic *observe.Picture) {
	rec.opened = true
	if set := changedSettings(rec.settings); set != "" {
		rec.add("set " + set)
	}
	var ids []ring.ID
	for i := range pic.Peers {
		if p := &pic.Peers[i]; present(p) {
			ids = append(ids, p.ID)
			rec.there[p.ID] = true
		}
	}
	if len(ids) == 0 {
		return
	}
	rec.add("join " + wholeNames(ids, pic.Space))
	rec.add("wait until stable within 60s")
	for _, d := range pic.Keys {
		switch {
		case d.State == observe.Lost:
		case len(d.Head) == d.Size && isText(d.Head):
			rec.add(fmt.Sprintf("put %s %s", writtenKey(d, pic.Space), Quote(d.Head)))
		default:
			rec.add(fmt.Sprintf("# %s has a value of %s, which is not written here", d.Name, observe.Plural(d.Size, "byte")))
		}
	}
	for _, f := range pic.Faults {
		for _, text := range faultLines(f, pic) {
			rec.add(text)
		}
	}
	if frozen := frozenIDs(pic); len(frozen) > 0 {
		rec.add("freeze " + strings.Join(namesOf(frozen, pic), " "))
	}
	rec.rings, rec.ended, rec.calm = pic.Health.Rings, pic.At, false
}

func writtenKey(d *observe.Datum, space ring.Space) string {
	if d.Key.Name != "" {
		return Quote(d.Key.Name)
	}
	return d.Key.Text(space)
}

func faultLines(f observe.Fault, pic *observe.Picture) []string {
	link := nameOf(f.From, pic) + " -> " + nameOf(f.To, pic)
	var out []string
	if f.Cut {
		out = append(out, "cut "+link)
	}
	if f.Delay > 0 || f.Jitter > 0 {
		text := fmt.Sprintf("delay %s %v", link, max(f.Delay, time.Millisecond))
		if f.Jitter > 0 {
			text += fmt.Sprintf(" jitter %v", f.Jitter)
		}
		out = append(out, text)
	}
	if share := int(f.Stall*100 + 0.5); share > 0 {
		out = append(out, fmt.Sprintf("drop %s %d%%", link, share))
	}
	return out
}

// seen writes what happened to the ring without a line: peers started or killed
// by hand in another terminal.
func (rec *Recorder) seen(pic *observe.Picture) {
	state := make(map[ring.ID]observe.State)
	var came, died, left []ring.ID
	for i := range pic.Peers {
		p := &pic.Peers[i]
		if _, again := state[p.ID]; !again || present(p) {
			state[p.ID] = p.State
		}
	}
	for i := range pic.Peers {
		if p := &pic.Peers[i]; p.State.Live() && !rec.there[p.ID] {
			came = append(came, p.ID)
			rec.there[p.ID] = true
		}
	}
	for id := range rec.there {
		switch s, known := state[id]; {
		case s == observe.StateLeft:
			left = append(left, id)
		case !known || s == observe.StateDead:
			died = append(died, id)
		default:
			continue
		}
		delete(rec.there, id)
	}
	for _, ids := range [][]ring.ID{died, left} {
		slices.SortFunc(ids, ring.ID.Compare)
	}
	happened := func(command string, ids []ring.ID, names string) {
		if len(ids) > 0 {
			rec.add(command + " " + names + " # seen, not commanded")
			rec.unsettled, rec.calm = true, false
		}
	}
	happened("join", came, wholeNames(came, pic.Space))
	happened("kill", died, strings.Join(namesOf(died, pic), " "))
	happened("leave", left, strings.Join(namesOf(left, pic), " "))
}

// claims are what is true at the end.
func (rec *Recorder) claims() string {
	if rec.runner == nil || !rec.opened || rec.lost > 0 {
		return ""
	}
	pic := rec.runner.sys.Picture()
	if !pic.Health.Stable {
		return ""
	}
	var b strings.Builder
	if rec.unsettled {
		b.WriteString("wait until stable within 60s\n")
	}
	fmt.Fprintf(&b, "expect size = %d\nexpect rings = %d\n", pic.Health.Live, pic.Health.Rings)
	if pic.Data.Keys > 0 || pic.Data.Lost > 0 {
		fmt.Fprintf(&b, "expect keys = %d\nexpect lost = %d\n", pic.Data.Keys, pic.Data.Lost)
	}
	return b.String()
}
