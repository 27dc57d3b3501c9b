package scenarios

import "chordscope/node/observe"

// snapshot is a Picture as JSON. The field names are part of the program's
// interface.
type snapshot struct {
	Name       string         `json:"name"`
	AtMS       int64          `json:"at_ms"` // since the ring was started
	Bits       int            `json:"bits"`
	Successors int            `json:"successors"`
	Replicas   int            `json:"replicas"`
	Stable     bool           `json:"stable"`
	Valid      bool           `json:"valid"`
	Why        string         `json:"why,omitempty"` // it is not stable
	Rings      int            `json:"rings"`
	Messages   uint64         `json:"messages"` // sent by all peers until then
	Peers      []snapshotPeer `json:"peers"`
	Keys       []snapshotKey  `json:"keys"`
	Faults     []linkPayload  `json:"faults"`
}

// snapshotPeer is one peer: the names in its table, "" where it knows nobody.
type snapshotPeer struct {
	Name        string   `json:"name"`
	ID          string   `json:"id"`
	State       string   `json:"state"` // joining, member, leaving, silent, dead or left
	Frozen      bool     `json:"frozen,omitempty"`
	Predecessor string   `json:"predecessor"`
	Successors  []string `json:"successors"`
	Fingers     []string `json:"fingers"` // from the first row, which starts at the identifier + 1
	Owned       int      `json:"owned"`
	Copies      int      `json:"copies"`
}

type snapshotKey struct {
	Key     string   `json:"key"`
	ID      string   `json:"id"`
	State   string   `json:"state"`
	Size    int      `json:"size"`
	Version uint64   `json:"version"`
	Holders []string `json:"holders"` // the owner first
}

func snapshotOf(name string, pic *observe.Picture) snapshot {
	h := &pic.Health
	s := snapshot{
		Name: name, AtMS: milliseconds(pic.At), Bits: pic.Space.Bits(), Successors: pic.ListLen, Replicas: pic.Data.Replicas,
		Stable: h.Stable, Valid: h.Valid, Why: h.Why, Rings: h.Rings, Messages: pic.Messages,
		Peers: []snapshotPeer{}, Keys: []snapshotKey{}, Faults: []linkPayload{},
	}
	for i := range pic.Peers {
		p := &pic.Peers[i]
		out := snapshotPeer{
			Name: p.Name, ID: pic.Space.Format(p.ID), State: p.State.String(), Frozen: p.Frozen, Predecessor: p.Predecessor.Name,
			Successors: []string{}, Fingers: []string{}, Owned: p.Owned, Copies: p.Copies,
		}
		for _, ptr := range p.Successors {
			out.Successors = append(out.Successors, ptr.Name)
		}
		for _, f := range p.Fingers {
			out.Fingers = append(out.Fingers, f.Name)
		}
		s.Peers = append(s.Peers, out)
	}
	for _, d := range pic.Keys {
		s.Keys = append(s.Keys, snapshotKey{
			Key: d.Name, ID: pic.Space.Format(d.Key.ID), State: d.State.String(), Size: d.Size, Version: d.Version.Counter,
			Holders: append([]string{}, holderNames(d)...),
		})
	}
	for _, f := range pic.Faults {
		s.Faults = append(s.Faults, linkPayload{nameOf(f.From, pic), nameOf(f.To, pic)})
	}
	return s
}
