package observe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"chordscope/node/chord"
	"chordscope/node/codec"
	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// How a watched peer is judged.
const (
	// silentAfter is how long a peer may say nothing. Peers tell their
	// counters every second, so this is several misses.
	silentAfter = 3500 * time.Millisecond
	// redial is how long a broken watch waits before it tries again, and
	// attempts how often it does before the peer counts as silent.
	redial   = 20 * time.Millisecond
	attempts = 50
	// steady is how long a watch has to go well for what went wrong before it
	// to count no more.
	steady = 500 * time.Millisecond
)

// watch follows one peer and tells the Store what it says, until the peer has
// gone or ctx ends.
func (o *Observer) watch(ctx context.Context, ref chord.Ref) {
	failures, silent := 0, false
	for ctx.Err() == nil {
		well, err := o.watchOnce(ctx, ref)
		if well >= steady {
			failures, silent = 0, false
		}
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, wire.ErrRefused), errors.Is(err, errOther):
			o.cfg.Store.Gone(ref, StateDead)
			return
		case errors.Is(err, errQuiet), errors.Is(err, wire.ErrDialTimeout):
			silent, failures = true, 0
		default:
			failures++
		}
		if silent || failures > attempts {
			o.cfg.Store.Gone(ref, StateSilent)
		}
		select {
		case <-ctx.Done():
		case <-time.After(redial << min(failures, 5)):
		}
	}
}

var (
	errQuiet = errors.New("the peer says nothing")
	errOther = errors.New("another peer listens there")
)

// watchOnce connects to a peer and follows it until something goes wrong. It
// returns for how long all went well.
func (o *Observer) watchOnce(ctx context.Context, ref chord.Ref) (well time.Duration, err error) {
	client, err := wire.DialWithKey(ctx, o.cfg.Network, ref.Addr, wire.ClientHello(), o.cfg.Key)
	if err != nil {
		return 0, err
	}
	defer client.Close()
	if inc := client.Remote().GetSelf().GetIncarnation(); inc != ref.Inc {
		return 0, fmt.Errorf("%w: incarnation %d", errOther, inc)
	}
	o.use(ref, client)
	defer o.unuse(ref, client)
	stream, err := client.Stream(&pb.Envelope_WatchRequest{WatchRequest: &pb.WatchRequest{}})
	if err != nil {
		return 0, err
	}
	told := account{state: chord.Snapshot{Self: ref}}
	began := time.Time{}
	for {
		env, err := recvWithin(ctx, stream, silentAfter)
		if errors.Is(err, errQuiet) && !began.IsZero() {
			// The connection stands, and commands still go over it: the peer may be
			// frozen only.
			o.cfg.Store.Gone(ref, StateSilent)
			env, err = stream.Recv(ctx)
		}
		if err == nil {
			err = o.take(&told, env)
		}
		switch {
		case err == nil && began.IsZero():
			began = time.Now()
		case err != nil && began.IsZero():
			return 0, err
		case err != nil:
			return time.Since(began), err
		}
	}
}

func recvWithin(ctx context.Context, s *wire.Stream, within time.Duration) (*pb.Envelope, error) {
	limited, cancel := context.WithTimeoutCause(ctx, within, errQuiet)
	defer cancel()
	env, err := s.Recv(limited)
	if err != nil && ctx.Err() == nil && context.Cause(limited) == errQuiet {
		err = errQuiet
	}
	return env, err
}

// account is what a peer has told of itself on one watch.
type account struct {
	state chord.Snapshot
	// held are the keys as far as they were told; nil once they were told
	// completely. Only then the Store gets them, so that keys which are not told
	// yet do not look as if they were lost.
	held *codec.Holdings
}

// take adds one message of a watch to what was told, and tells the Store.
func (o *Observer) take(told *account, env *pb.Envelope) error {
	u := Update{Self: told.state.Self}
	var err error
	var seq uint64
	switch b := env.GetBody().(type) {
	case *pb.Envelope_PeerState:
		seq = b.PeerState.GetSeq()
		err = o.begin(&told.state, b.PeerState)
		told.held = &codec.Holdings{}
		u.Counters, u.Snapshot = counters(b.PeerState.GetCounters()), snapshot(&told.state)
		u.PID, u.Anew, u.Clock = int(b.PeerState.GetPid()), true, time.Duration(b.PeerState.GetClockNanos())
		if err == nil {
			err = takeFaults(&u, b.PeerState.GetFaults())
		}
		if err == nil {
			err = o.ways(&u, b.PeerState.GetWays(), b.PeerState.GetFixed())
		}
	case *pb.Envelope_HeldKeys:
		err = o.page(told, &u, b.HeldKeys)
		if b.HeldKeys.GetMore() {
			return err
		}
	case *pb.Envelope_PeerDelta:
		seq = b.PeerDelta.GetSeq()
		err = o.change(told, &u, b.PeerDelta)
	default: // WatchLost: a whole state follows
		return nil
	}
	if err == nil {
		o.cfg.Store.Apply(u)
	}
	if err == nil && seq > 0 {
		o.took(u.Self, seq)
	}
	return err
}

// page takes one page of the keys; the last one makes the update.
func (o *Observer) page(told *account, u *Update, page *pb.HeldKeys) error {
	if told.held == nil {
		return &wire.Error{Kind: wire.ErrMalformed, Detail: "a page of keys out of turn"}
	}
	if err := told.held.Page(o.cfg.Space, page); err != nil {
		return err
	}
	if told.held.Complete() {
		u.AllKeys, u.Keys = true, told.held.Entries()
		told.held = nil
	}
	return nil
}

// change takes a delta.
func (o *Observer) change(told *account, u *Update, d *pb.PeerDelta) error {
	if told.state.Fingers == nil {
		return &wire.Error{Kind: wire.ErrMalformed, Detail: "a watch that does not begin with a state"}
	}
	if err := codec.ApplyDelta(o.cfg.Space, &told.state, d); err != nil {
		return err
	}
	for _, e := range d.GetEvents() {
		event, err := codec.DecodeEvent(o.cfg.Space, e)
		if err != nil {
			return err
		}
		u.Events = append(u.Events, event)
	}
	held := told.held
	if held == nil {
		held = &codec.Holdings{}
	}
	var err error
	if u.Keys, u.Gone, err = held.Delta(o.cfg.Space, d); err != nil {
		return err
	}
	if d.GetFaults() != nil {
		if err := takeFaults(u, d.GetFaults().GetFaults()); err != nil {
			return err
		}
	}
	if err := o.ways(u, d.GetWays(), d.GetFixed()); err != nil {
		return err
	}
	u.Counters, u.Clock = counters(d.GetCounters()), time.Duration(d.GetClockNanos())
	if d.Status != 0 || d.Paused != nil || d.Syncing != nil || d.Predecessor != nil || d.Successors != nil || len(d.Fingers) > 0 ||
		d.Tracing != nil || d.Pace != nil || d.Ran != nil {
		u.Snapshot = snapshot(&told.state)
	}
	return nil
}

// ways reads ways to others and when fingers were checked.
func (o *Observer) ways(u *Update, ways []*pb.Way, fixed []*pb.FingersFixed) (err error) {
	if u.Ways, err = codec.DecodeWays(o.cfg.Space, ways); err == nil {
		u.Fixed, err = codec.DecodeFixed(o.cfg.Space, fixed)
	}
	return err
}

// begin takes a whole state. A peer speaks for nobody but itself, and its table
// has a row for each bit.
func (o *Observer) begin(state *chord.Snapshot, st *pb.PeerState) error {
	next, err := codec.DecodeSnapshot(o.cfg.Space, st)
	switch {
	case err != nil:
		return err
	case next.Self != state.Self:
		return &wire.Error{Kind: wire.ErrMalformed, Detail: "the state of another peer"}
	case len(next.Fingers) != o.cfg.Space.Bits():
		return &wire.Error{Kind: wire.ErrMalformed, Detail: fmt.Sprintf("%d fingers on a ring of %d bits", len(next.Fingers), o.cfg.Space.Bits())}
	}
	*state = next
	return nil
}

// snapshot returns a copy for the Store. Deltas replace slices and do not
// write into them, so the copy may share them.
func snapshot(s *chord.Snapshot) *chord.Snapshot {
	c := *s
	return &c
}

// takeFaults reads all faults of a peer's links.
func takeFaults(u *Update, list []*pb.LinkFault) error {
	faults, err := codec.DecodeFaults(list)
	if err != nil {
		return err
	}
	u.AllFaults = true
	for addr, f := range faults {
		u.Faults = append(u.Faults, PeerFault{Addr: addr, LinkFault: LinkFault(f)})
	}
	return nil
}

func counters(c *pb.Counters) *Counters {
	if c == nil {
		return nil
	}
	return &Counters{
		Sent: c.GetSent(), Received: c.GetReceived(), BytesOut: c.GetBytesOut(), BytesIn: c.GetBytesIn(), Links: int(c.GetLinks()),
	}
}
