package cluster

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"chordscope/node/chord"
	"chordscope/node/store"
)

// soakKeys is how many keys each client of a soak has to itself, and soakClients
// how many clients there are.
const (
	soakKeys    = 20
	soakClients = 6
)

// write is a put or delete of which one key may tell.
type write struct {
	value string // "" for a delete
	acked bool
}

func (w write) String() string { return fmt.Sprintf("%.30q acknowledged %v;", w.value, w.acked) }

// record is what a client knows of one of its keys. Only this client writes it,
// one access after the other.
type record struct {
	key     store.Key
	settled string  // the value at the end of the last quiet spell; "": none
	since   []write // those of this spell, oldest first
}

// allows reports whether the value may be read now; "" stands for none. Strictly,
// the latest acknowledged write counts, or one of unknown fate. Otherwise, which
// is while the ring may be split, any write of the spell may have won.
func (r *record) allows(value string, strict bool) bool {
	acked := slices.ContainsFunc(r.since, func(w write) bool { return w.acked })
	if !acked && value == r.settled {
		return true
	}
	for i, w := range r.since {
		overwritten := strict && w.acked && slices.ContainsFunc(r.since[i+1:], func(w write) bool { return w.acked })
		if w.value == value && !overwritten {
			return true
		}
	}
	return false
}

// soakClient writes and reads its keys through whichever peer, without end.
type soakClient struct {
	c       *Cluster
	t       *testing.T
	rng     *rand.Rand
	number  int // of values written
	name    string
	records []*record
	done    *tally
}

// tally counts what all clients did.
type tally struct{ asked, failed atomic.Int64 }

func newSoakClients(t *testing.T, c *Cluster) (clients []*soakClient, done *tally) {
	done = &tally{}
	for i := range soakClients {
		s := &soakClient{c: c, t: t, rng: rand.New(rand.NewPCG(uint64(i), 99)), name: fmt.Sprint("client", i), done: done}
		for k := range soakKeys {
			s.records = append(s.records, &record{key: store.Named(c.cfg.Space, fmt.Sprint(s.name, "-", k))})
		}
		clients = append(clients, s)
	}
	return clients, done
}

// run works until ctx ends. Reads are judged if strict is set.
func (s *soakClient) run(ctx context.Context, strict bool) {
	for ctx.Err() == nil {
		r := s.records[s.rng.IntN(len(s.records))]
		switch s.rng.IntN(10) {
		case 0:
			s.write(r, chord.OpDelete, "")
		case 1, 2, 3, 4:
			s.number++
			value := fmt.Sprint(s.name, " ", s.number, " ")
			if s.rng.IntN(50) == 0 {
				value += string(make([]byte, 16<<10))
			}
			s.write(r, chord.OpPut, value)
		default:
			if value, ok := s.read(r); ok && strict && !r.allows(value, true) {
				s.t.Errorf("%s is %.30q, which was overwritten or lost: settled %.30q, since then %v", r.key.Text(s.c.cfg.Space), value, r.settled, r.since)
			}
		}
	}
}

// access asks any member, and reports whether that one answered well. It is not
// given up, also at the end of the spell: then nobody would know when a write
// happens.
func (s *soakClient) access(r *record, op chord.Op, value string) (got string, ok bool) {
	live := members(s.c)
	if len(live) == 0 {
		return "", false
	}
	s.done.asked.Add(1)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	a, err := s.c.Access(ctx, live[s.rng.IntN(len(live))], op, r.key, []byte(value))
	if err != nil || a.Failed != "" {
		s.done.failed.Add(1)
		return "", false
	}
	return string(a.Value), true
}

func (s *soakClient) write(r *record, op chord.Op, value string) {
	r.since = append(r.since, write{value: value})
	_, ok := s.access(r, op, value)
	r.since[len(r.since)-1].acked = ok
}

func (s *soakClient) read(r *record) (string, bool) { return s.access(r, chord.OpGet, "") }

// settle reads every key once all is quiet: each must have an answer, and the
// right one.
func (s *soakClient) settle(strict bool) {
	for _, r := range s.records {
		value, ok := s.read(r)
		switch {
		case !ok:
			s.t.Errorf("%s cannot be read although all is quiet", r.key.Text(s.c.cfg.Space))
		case !r.allows(value, strict):
			s.t.Errorf("after a quiet spell %s is %.30q: settled %.30q, since then %v", r.key.Text(s.c.cfg.Space), value, r.settled, r.since)
		}
		r.settled, r.since = value, nil
	}
}

// together lets all clients do something at the same time.
func together(clients []*soakClient, do func(*soakClient)) {
	var wg sync.WaitGroup
	for _, s := range clients {
		wg.Go(func() { do(s) })
	}
	wg.Wait()
}
