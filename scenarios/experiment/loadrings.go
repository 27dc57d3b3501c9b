package experiment

import (
	"context"
	"fmt"

	"chordscope/node/ring"
)

// loadsOfRings emits the rows of rings that peers with virtual nodes make.
func loadsOfRings(ctx context.Context, b *bench) error {
	var sizes []int
	for _, n := range b.Peers {
		for _, v := range b.Values {
			sizes = append(sizes, n*int(v))
		}
	}
	share := shares(sizes, growth)
	var parts []part
	for _, n := range b.Peers {
		for _, v := range b.Values {
			v, share := int(v), share[len(parts)]
			parts = append(parts, part{n * v, share, func(ctx context.Context, b *bench) error {
				var l load
				for r := range b.Rings {
					b.step(share/float64(b.Rings), "%d hosts, %d identifiers each", n, v)
					counts, err := loadsOfRing(ctx, b, n, v, r)
					if err != nil {
						return fmt.Errorf("%d hosts, %d identifiers each: %w", n, v, err)
					}
					l.add(counts)
				}
				return l.vnodesRow(b, n, v)
			}})
		}
	}
	return b.parts(ctx, parts)
}

// loadsOfRing returns how many keys each host of one ring owns.
func loadsOfRing(ctx context.Context, b *bench, n, v, number int) (sample, error) {
	s := b.ring()
	s.vnodes = v
	l, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	rng := b.random(uint64(n), uint64(v), uint64(number))
	ids := distinct(rng, n)
	if err := grow(ctx, l, s, ids); err != nil {
		return nil, err
	}
	beside, err := besides(ids, v)
	if err != nil {
		return nil, err
	}
	host := make(map[ring.ID]int)
	for i, id := range ids {
		host[id] = i
	}
	for i, id := range beside {
		host[id] = i / (v - 1)
	}
	answers, err := lookups(ctx, l, queries(rng, l.Members(), meanKeys*n), width, func(done float64) { b.within(0.5 + done/2) })
	if err != nil {
		return nil, err
	}
	counts := make(sample, n)
	for _, a := range answers {
		i, known := host[a.owner]
		if a.failed != "" || a.lost || !known {
			return nil, fmt.Errorf("a lookup on a ring at rest found no owner: %s", a.failed)
		}
		counts[i]++
	}
	return counts, nil
}
