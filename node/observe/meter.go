package observe

import "time"

// Counters are totals since a peer's start.
type Counters struct {
	Sent, Received, BytesOut, BytesIn uint64
	Links                             int
}

// takeCounters notes what a peer has counted.
func (s *Store) takeCounters(p *subject, c Counters) {
	now, sent := s.cfg.Clock(), c.Sent-min(p.counters.Sent, c.Sent)
	s.rate.add(now, sent)
	if r := s.healing.now; r != nil {
		r.count(p, sent)
	}
	p.counters, p.counted = c, now
	p.pace.add(now, c)
}

// pace measures how fast a peer's counters grow, over the last half second to
// second for one that tells them often enough, and else from one telling to the
// next. Unlike meter it takes the same small room for each of many peers.
type pace struct{ base, mid, last sample }

type sample struct {
	at          time.Duration
	sent, bytes uint64
}

// paceTime is the longest time between two tellings that count.
const paceTime = time.Second

func (p *pace) add(now time.Duration, c Counters) {
	p.last = sample{now, c.Sent, c.BytesOut}
	if now-p.mid.at >= paceTime/2 {
		p.base, p.mid = p.mid, p.last
	}
}

// perSecond returns messages and bytes a second; none for a peer that has told
// nothing for long.
func (p *pace) perSecond(now time.Duration) (messages, bytes float64) {
	took := (p.last.at - p.base.at).Seconds()
	if took <= 0 || now-p.last.at > 3*paceTime {
		return 0, 0
	}
	return float64(p.last.sent-min(p.base.sent, p.last.sent)) / took, float64(p.last.bytes-min(p.base.bytes, p.last.bytes)) / took
}

// meter measures a rate over the last second or so.
type meter struct {
	total  uint64
	points []point
}

type point struct {
	at    time.Duration
	total uint64
}

func (m *meter) add(now time.Duration, n uint64) {
	m.total += n
	if k := len(m.points); k > 0 && now-m.points[k-1].at < 50*time.Millisecond {
		m.points[k-1].total = m.total
		return
	}
	m.points = append(m.points, point{now, m.total})
	m.trim(now)
}

// trim leaves one point that is a second old or older: the base of the rate.
func (m *meter) trim(now time.Duration) {
	for len(m.points) > 1 && now-m.points[1].at >= time.Second {
		m.points = m.points[1:]
	}
}

func (m *meter) perSecond(now time.Duration) float64 {
	m.trim(now)
	if len(m.points) == 0 || now == m.points[0].at {
		return 0
	}
	return float64(m.total-m.points[0].total) / (now - m.points[0].at).Seconds()
}
