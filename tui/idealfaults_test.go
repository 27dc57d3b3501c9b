package tui

import (
	"context"
	"errors"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// SetFaults keeps the faults for the picture; nothing else comes of them.
func (d *ideal) SetFaults(_ context.Context, faults []observe.Fault) error {
	d.act(func() {
		for _, f := range faults {
			f.FromName, f.ToName = "N"+d.world.space.Format(f.From), "N"+d.world.space.Format(f.To)
			d.faults = append(d.faults, f)
		}
	})
	return nil
}

func (d *ideal) Heal(context.Context) error {
	d.act(func() { d.faults = nil })
	return nil
}

// Disturbed begins a recovery that is over at once.
func (d *ideal) Disturbed(what string) {
	d.act(func() {
		n := uint64(len(d.recoveries) + 1)
		d.recoveries = append(d.recoveries, observe.Recovery{
			Number: n, What: what, At: d.pic.At, Suspected: ends(1), Ring: ends(2), Fingers: ends(3), Keys: ends(4), Over: true,
		})
	})
}

// The rest is not needed: the lines that ask for it are tested without a ring.

func (d *ideal) Freeze(context.Context, []ring.ID) error  { return errors.ErrUnsupported }
func (d *ideal) Thaw(context.Context, []ring.ID) error    { return errors.ErrUnsupported }
func (d *ideal) Restart(context.Context, []ring.ID) error { return errors.ErrUnsupported }
func (d *ideal) Merge(context.Context) error              { return errors.ErrUnsupported }

func (d *ideal) Reset(context.Context, ring.ID, ring.ID) error { return errors.ErrUnsupported }
func (d *ideal) SetRegistry(context.Context, bool) error       { return errors.ErrUnsupported }

func (d *ideal) Poison(context.Context, ring.ID, int, ring.ID) error { return errors.ErrUnsupported }

func (d *ideal) Pause(context.Context, bool) error    { return errors.ErrUnsupported }
func (d *ideal) Speed(context.Context, float64) error { return errors.ErrUnsupported }

func (d *ideal) Step(context.Context, []ring.ID, []string) error { return errors.ErrUnsupported }
func (d *ideal) Trace(context.Context, []ring.ID, bool) error    { return errors.ErrUnsupported }
