package quiz

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// kinds are the kinds of questions, in the order in which one learns them. Each
// makes one about random peers and keys, or nil if these are not worth asking.
var kinds = []func(context.Context, *Quiz) (*Question, error){
	whoOwns, fingerTable, firstHop, wholePath, whoKeeps, whichMove, whoseChange,
}

// whoOwns asks for the owner of an identifier, a key of the ring or not.
func whoOwns(ctx context.Context, q *Quiz) (*Question, error) {
	key := fmt.Sprint("K", q.rng.IntN(1<<q.Bits))
	l, err := q.lookup(ctx, key, q.random(q.Peers))
	if err != nil {
		return nil, err
	}
	owner := q.peer(l.OwnerName)
	own := ring.OpenClosed(owner.Predecessor.ID, owner.ID)
	return &Question{
		Text: fmt.Sprintf("Which peer owns %s?", key), Form: "one peer, such as N8", letter: "N",
		Answer: []string{owner.Name},
		Why: []string{fmt.Sprintf("%s is in %s, the range of %s: from behind its predecessor %s up to itself.",
			key[1:], q.space.FormatInterval(own), owner.Name, owner.Predecessor.Name)},
	}, nil
}

// fingerTable asks for a whole table.
func fingerTable(_ context.Context, q *Quiz) (*Question, error) {
	p := q.peer(q.random(q.Peers))
	question := &Question{
		Text: fmt.Sprintf("What is in the finger table of %s?", p.Name), letter: "N", Ordered: true,
		Form: fmt.Sprintf("%s: those of finger[%d] to finger[%d]", observe.Plural(q.Bits, "peer"), q.first(), q.first()+q.Bits-1),
	}
	for _, f := range p.Fingers {
		question.Answer = append(question.Answer, f.Name)
		to := "the first peer there or after it is " + f.Name
		if f.ID == p.ID {
			to += ", the peer itself"
		}
		number := fmt.Sprintf("finger[%d]", f.Index-1+q.first())
		question.rows = append(question.rows, number)
		question.Why = append(question.Why, fmt.Sprintf("%s starts at %s: %s.", number, q.sum(p.ID, f.Start, 1<<(f.Index-1)), to))
	}
	return question, nil
}

// sum writes the addition that leads to the start of a finger, round the end of
// the circle if need be.
func (q *Quiz) sum(id, start ring.ID, step uint64) string {
	n, _ := id.Uint64()
	text := fmt.Sprintf("%d + %d = %d", n, step, n+step)
	if n+step >= 1<<q.Bits {
		text += ", which is " + q.space.Format(start) + " on this circle"
	}
	return text
}

// firstHop asks whom a peer asks first.
func firstHop(ctx context.Context, q *Quiz) (*Question, error) {
	l, err := q.farLookup(ctx)
	if l == nil || err != nil {
		return nil, err
	}
	return &Question{
		Text: fmt.Sprintf("%s looks up %s. Which peer does it ask first?", l.PathNames[0], l.KeyName),
		Form: "one peer, such as N8", letter: "N",
		Answer: l.PathNames[1:2], Why: reasons(l)[:1],
	}, nil
}

// wholePath asks for the way of a lookup.
func wholePath(ctx context.Context, q *Quiz) (*Question, error) {
	l, err := q.farLookup(ctx)
	if l == nil || err != nil {
		return nil, err
	}
	return &Question{
		Text: fmt.Sprintf("%s looks up %s. Which way does the lookup go?", l.PathNames[0], l.KeyName),
		Form: fmt.Sprintf("all peers in order, from %s to the owner", l.PathNames[0]), letter: "N", Ordered: true, anything: true,
		Answer: l.PathNames, Why: reasons(l),
	}, nil
}

// whoKeeps asks for the replicas of a key.
func whoKeeps(_ context.Context, q *Quiz) (*Question, error) {
	d := q.datum(q.random(q.Keys))
	question := &Question{
		Text: fmt.Sprintf("Which peers keep a copy of %s? The owner counts.", d.Name),
		Form: observe.Plural(replicas, "peer"), letter: "N",
	}
	for _, h := range d.Holders {
		if h.Has {
			question.Answer = append(question.Answer, h.Name)
		}
	}
	question.Why = []string{fmt.Sprintf("%s owns it, and the other copy is on the peer that follows: %s.", question.Answer[0], strings.Join(question.Answer[1:], ", "))}
	return question, nil
}

// whichMove lets a peer join and asks which keys it has got.
func whichMove(ctx context.Context, q *Quiz) (*Question, error) {
	name := q.newcomer()
	if slices.Contains(q.Peers, name) {
		return nil, nil
	}
	if err := q.do(ctx, "join "+name, stable); err != nil {
		return nil, err
	}
	p := q.peer(name)
	own := ring.OpenClosed(p.Predecessor.ID, p.ID)
	question := &Question{
		Text: fmt.Sprintf("%s joins. Which keys does it own then?", name),
		Form: "keys, such as K5 K7, or none", letter: "K", anything: true,
		Why: []string{fmt.Sprintf("It takes exactly the keys in %s, from its successor %s, who owned them before.",
			q.space.FormatInterval(own), p.Successors[0].Name)},
	}
	for _, d := range q.sys.Picture().Keys {
		if d.Owner == p.ID {
			question.Answer = append(question.Answer, d.Name)
		}
	}
	if len(question.Answer) == 0 {
		question.Why = append(question.Why, "None of the keys of this ring is in there.")
	}
	return question, q.do(ctx, "leave "+name, stable)
}

// newcomer chooses a place on the circle: as a rule one between a key and its
// owner, so that the key moves.
func (q *Quiz) newcomer() string {
	d := q.datum(q.random(q.Keys))
	room, _ := q.space.Distance(d.Key.ID, d.Owner).Uint64()
	if room == 0 || q.rng.IntN(4) == 0 {
		return fmt.Sprint("N", q.rng.IntN(1<<q.Bits))
	}
	return "N" + q.space.Format(q.space.Add(d.Key.ID, ring.FromUint64(q.rng.Uint64N(room))))
}

// whoseChange crashes a peer and asks whose finger tables are others now.
func whoseChange(ctx context.Context, q *Quiz) (*Question, error) {
	name := q.random(q.Peers)
	before := q.tables()
	if err := q.do(ctx, "kill "+name, stable); err != nil {
		return nil, err
	}
	after := q.tables()
	question := &Question{
		Text: fmt.Sprintf("%s crashes, and the ring heals. Whose finger tables have changed?", name),
		Form: "peers, such as N8 N14, or none", letter: "N", anything: true,
	}
	for _, p := range q.Peers {
		var changes []string
		for i, was := range before[p] {
			if p != name && was != after[p][i] {
				changes = append(changes, fmt.Sprintf("finger[%d] %s, was %s", i+q.first(), after[p][i], was))
			}
		}
		if len(changes) > 0 {
			question.Answer = append(question.Answer, p)
			question.Why = append(question.Why, p+": "+strings.Join(changes, "; "))
		}
	}
	question.Why = append(question.Why, "Every finger that pointed at "+name+" points at the peer after it now.")
	return question, q.do(ctx, "restart "+name, stable)
}

// tables returns the names in everybody's finger table.
func (q *Quiz) tables() map[string][]string {
	out := make(map[string][]string)
	for _, name := range q.Peers {
		if p := q.peer(name); p != nil {
			for _, f := range p.Fingers {
				out[name] = append(out[name], f.Name)
			}
		}
	}
	return out
}

// datum returns what is known of a key.
func (q *Quiz) datum(name string) *observe.Datum {
	keys := q.sys.Picture().Keys
	return keys[slices.IndexFunc(keys, func(d *observe.Datum) bool { return d.Name == name })]
}

func (q *Quiz) lookup(ctx context.Context, key, from string) (*observe.Lookup, error) {
	r, err := q.run(ctx, "lookup "+key+" from "+from)
	if err == nil && r.Lookup.Failed != "" {
		err = fmt.Errorf("the ring of the quiz: lookup %s from %s: %s", key, from, r.Lookup.Failed)
	}
	return r.Lookup, err
}

// farLookup makes a lookup whose owner is not next to its origin; nil if this
// random one was too short.
func (q *Quiz) farLookup(ctx context.Context) (*observe.Lookup, error) {
	l, err := q.lookup(ctx, q.random(q.Keys), q.random(q.Peers))
	if err != nil || l.Hops < 2 && q.Options.Peers > 4 || l.Hops < 1 {
		return nil, err
	}
	return l, nil
}

// reasons says of each hop which rule chose it.
func reasons(l *observe.Lookup) []string {
	var out []string
	for _, s := range l.Steps {
		out = append(out, s.AtName+": "+s.Why)
	}
	return out
}
