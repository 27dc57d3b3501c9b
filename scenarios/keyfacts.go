package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"chordscope/node/observe"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// This file has the conditions on keys and on who holds them.

func parseLost(p *parser, _ field) judge {
	return p.quantityOf(func(_ env, pic *observe.Picture) (int, string) {
		n := pic.Data.Lost
		seen := observe.Plural(n, "lost key")
		if n > 0 {
			seen += ": " + listKeys(keysOf(pic, func(d *observe.Datum) bool { return d.State == observe.Lost }))
		}
		return n, seen
	})
}

func parseKeys(p *parser, _ field) judge {
	return p.quantityOf(func(_ env, pic *observe.Picture) (int, string) {
		return pic.Data.Keys, observe.Plural(pic.Data.Keys, "key")
	})
}

func parseReplicas(p *parser, _ field) judge {
	key := p.key()
	c := p.comparison(false)
	want := p.peerSet()
	return func(_ env, pic *observe.Picture) verdict {
		d := pic.Datum(key)
		names := holderNames(d)
		same := len(names) == len(want)
		for _, f := range want {
			same = same && slices.ContainsFunc(d.Holders, func(h observe.Holder) bool { return h.Has && f.is(h.ID, pic.Space) })
		}
		return verdict{holds: c.equals(same), seen: whereabouts(key, d, pic), peers: names, answer: wordsOrNone(names), why: keptBy(names)}
	}
}

func parseCopies(p *parser, _ field) judge {
	key := p.key()
	c, want := p.quantity()
	return func(_ env, pic *observe.Picture) verdict {
		d := pic.Datum(key)
		names := holderNames(d)
		seen := whereabouts(key, d, pic)
		return verdict{holds: c.holds(len(names), want), seen: seen, peers: names, answer: strconv.Itoa(len(names)), why: []string{seen}}
	}
}

// whereabouts says who holds a key's newest value. d is nil for a key that the
// Picture does not have.
func whereabouts(key store.Key, d *observe.Datum, pic *observe.Picture) string {
	name := placed(key, pic.Space)
	names := holderNames(d)
	switch {
	case d != nil && d.State == observe.Lost:
		return name + " is lost: no live peer holds what was acknowledged"
	case len(names) == 0:
		return "nobody holds " + name
	}
	return fmt.Sprintf("%s is on %s", name, strings.Join(names, " "))
}

// holderNames returns the peers that hold the newest value, the owner first.
func holderNames(d *observe.Datum) []string {
	var names []string
	if d != nil {
		for _, h := range d.Holders {
			if h.Has {
				names = append(names, h.Name)
			}
		}
	}
	return names
}

func parseValue(p *parser, _ field) judge {
	key := p.key()
	c := p.comparison(false)
	none := p.accept("none")
	var size int
	var sum uint64
	if !none {
		want := []byte(p.text())
		size, sum = len(want), store.Sum(want)
	}
	return func(_ env, pic *observe.Picture) verdict {
		d := pic.Datum(key)
		names := holderNames(d)
		if len(names) == 0 {
			return verdict{holds: c.equals(none), seen: whereabouts(key, d, pic), answer: "none"}
		}
		return verdict{
			holds: c.equals(!none && d.Size == size && d.Sum == sum), peers: names, answer: showValue([]byte(d.Head), d.Size),
			seen: fmt.Sprintf("value %s = %s", placed(key, pic.Space), showValue([]byte(d.Head), d.Size)),
		}
	}
}

func parseFound(*parser, field) judge {
	return func(e env, pic *observe.Picture) verdict {
		switch {
		case e.got == nil:
			return verdict{void: true, seen: "nothing was asked for"}
		case e.got.Failed != "":
			return verdict{void: true, seen: "the get failed: " + e.got.Failed, peers: e.got.Lookup.PathNames}
		}
		key := placed(e.got.Key, pic.Space)
		v := verdict{
			holds: e.got.Found, seen: key + " was not found", peers: []string{e.got.Lookup.OwnerName},
			answer: yesOrNo(e.got.Found), why: stepsOf(&e.got.Lookup),
		}
		if v.holds {
			v.seen = fmt.Sprintf("%s was found: %s", key, showValue(e.got.Value, len(e.got.Value)))
		}
		return v
	}
}

func parsePeerKeys(p *parser, of field) judge {
	return p.keysOn(of, "keys", func(peer *observe.Peer, d *observe.Datum) bool {
		return d.Owner == peer.ID && holds(peer, d)
	})
}

func parsePeerCopies(p *parser, of field) judge {
	return p.keysOn(of, "copies", holds)
}

// keysOn makes a condition of the keys on a peer that are meant.
func (p *parser) keysOn(of field, name string, meant func(*observe.Peer, *observe.Datum) bool) judge {
	c := p.comparison(false)
	want := p.keySet()
	return onPeer(of.peer, func(peer *observe.Peer, pic *observe.Picture) verdict {
		have := keysOf(pic, func(d *observe.Datum) bool { return meant(peer, d) })
		same := slices.EqualFunc(want, have, func(k store.Key, d *observe.Datum) bool { return k == d.Key })
		return verdict{
			holds: c.equals(same), seen: fmt.Sprintf("%s.%s = %s", peer.Name, name, listKeys(have)),
			answer: wordsOrNone(keyNames(have)), why: reach(peer, pic),
		}
	})
}

// holds reports whether a peer has the newest value of a key.
func holds(peer *observe.Peer, d *observe.Datum) bool {
	return slices.ContainsFunc(d.Holders, func(h observe.Holder) bool { return h.Has && h.ID == peer.ID })
}

// keysOf returns the keys of a Picture that are meant, in its order.
func keysOf(pic *observe.Picture, meant func(*observe.Datum) bool) []*observe.Datum {
	var out []*observe.Datum
	for _, d := range pic.Keys {
		if meant(d) {
			out = append(out, d)
		}
	}
	return out
}

func parsePeerLoad(p *parser, of field) judge {
	c, want := p.quantity()
	return onPeer(of.peer, func(peer *observe.Peer, pic *observe.Picture) verdict {
		return verdict{
			holds: c.holds(peer.Owned, want), seen: fmt.Sprintf("%s owns %s", peer.Name, observe.Plural(peer.Owned, "key")),
			answer: strconv.Itoa(peer.Owned), why: reach(peer, pic),
		}
	})
}

// keptBy says which part of the holders is what.
func keptBy(names []string) []string {
	if len(names) < 2 {
		return nil
	}
	return []string{fmt.Sprintf("%s owns it, the copies are on those that follow: %s", names[0], strings.Join(names[1:], " "))}
}

// reach says which keys a peer owns.
func reach(peer *observe.Peer, pic *observe.Picture) []string {
	pred := predecessor(peer, pic)
	if pred.Name == "" {
		return nil
	}
	return []string{fmt.Sprintf("%s owns the keys in %s, from behind its predecessor %s up to itself",
		peer.Name, pic.Space.FormatInterval(ring.OpenClosed(pred.ID, peer.ID)), pred.Name)}
}
