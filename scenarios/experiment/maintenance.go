package experiment

import (
	"context"
	"fmt"
	"time"
)

var maintenance = &Experiment{
	Name: "maintenance",
	Help: "How many messages a second a peer sends at rest, against the number of peers and the stabilize interval.",
	Paper: "The papers have no such figure. PODC 2002 shows that Omega(log N) messages a peer in the time in which half of the ring is replaced are needed, and that Chord is " +
		"within a factor of log N of that. At rest nothing is repaired: what is sent is stabilize, fix fingers (a distinct one an interval), check predecessor every second interval, " +
		"the comparison of keys every fourth, and now and then a check of the own place.",
	Drivers: []string{DriverVirtual, DriverTCP},
	Defaults: func(driver string) Params {
		p := Params{Peers: []int{16, 64, 256, 1024}, Values: []float64{0.5, 5, 30}, Successors: 4}
		if driver == DriverTCP {
			p.Peers, p.Values = []int{16, 64}, []float64{0.25}
		}
		return p
	},
	Full: func(driver string, p *Params) {
		p.Values = []float64{0.25, 0.5, 1, 2, 5, 10, 30}
		if driver == DriverTCP {
			p.Values = p.Values[:3]
		}
	},
	Values: Values{Name: "the stabilize interval in seconds", Min: 0.01, Max: 600},
	Tables: []*Table{maintenanceTable},
	run:    runMaintenance,
}

var maintenanceTable = &Table{
	Name: "maintenance", Title: "Messages of a ring at rest",
	Columns: []Column{
		{Name: "peers", Title: "N", Unit: "peers"},
		{Name: "interval_s", Title: "interval", Unit: "s", Digits: 2},
		{Name: "messages", Title: "messages"},
		{Name: "seconds", Title: "measured", Unit: "s", Digits: 1},
		{Name: "messages_per_peer_s", Title: "a peer", Unit: "1/s", Digits: 3},
		{Name: "messages_per_peer_interval", Title: "a peer", Unit: "1/interval", Digits: 2},
	},
	Plot: Plot{X: "peers", Log2: true, Y: []string{"messages_per_peer_s"}, By: "interval_s", Axis: "messages a peer a second"},
}

// restIntervals is for how many stabilize intervals a ring rests before it is
// measured, and then is measured.
const restIntervals = 40

func runMaintenance(ctx context.Context, b *bench) error {
	var parts []part
	for i, share := range shares(b.Peers, growth) {
		n, share := b.Peers[i], share/float64(len(b.Values))
		for _, v := range b.Values {
			parts = append(parts, part{n, share, func(ctx context.Context, b *bench) error {
				b.step(share, "%d peers, every %g s", n, v)
				if err := rest(ctx, b, n, time.Duration(v*float64(time.Second))); err != nil {
					return fmt.Errorf("%d peers, every %g s: %w", n, v, err)
				}
				return nil
			}})
		}
	}
	return b.parts(ctx, parts)
}

func rest(ctx context.Context, b *bench, n int, interval time.Duration) error {
	s := b.ring()
	s.interval = interval
	l, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := grow(ctx, l, s, distinct(b.random(uint64(n)), n)); err != nil {
		return err
	}
	nap := func(from float64) error {
		for i := range 20 {
			if err := l.Sleep(ctx, restIntervals*interval/20); err != nil {
				return err
			}
			b.within(from + float64(i+1)/40)
		}
		return nil
	}
	if err := nap(0); err != nil {
		return err
	}
	before, sent := l.Now(), l.Messages()
	if err := nap(0.5); err != nil {
		return err
	}
	messages, took := l.Messages()-sent, (l.Now() - before).Seconds()
	each := float64(messages) / float64(n) / took
	return b.row(maintenanceTable, n, interval.Seconds(), int(messages), took, each, each*interval.Seconds())
}
