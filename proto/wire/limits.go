package wire

import (
	"errors"
	"fmt"
	"time"
)

// Limits are the bounds that one side sets on its connections. Start from
// DefaultLimits.
type Limits struct {
	MaxFrame    int // bytes in a frame, both ways
	MaxQueue    int // bytes that wait to be sent on one link
	MaxGreeting int // inbound connections that have not said hello yet
	MaxLinks    int // connections that others have made, beside those

	HelloTimeout time.Duration // how long a dialler may take to say hello
	DialTimeout  time.Duration // for connecting and both hellos together
	FrameTimeout time.Duration // how long a frame may take once it has begun to arrive
	WriteTimeout time.Duration // a receiver that takes nothing for this long loses its link
	DrainTimeout time.Duration // how long the other side may take to close what we have closed

	// IdleTimeout is after how long without a message a link to a peer is
	// closed that neither side keeps. Links that are kept send an empty frame
	// four times in this period, so all peers of a ring should have the same.
	IdleTimeout time.Duration

	// A kept link that broke is dialled again after RedialMin, then after twice
	// as long each time up to RedialMax, each time varied by half.
	RedialMin, RedialMax time.Duration
}

// DefaultLimits suit peers on one machine or in one room.
func DefaultLimits() Limits {
	return Limits{
		MaxFrame:     1 << 20, // the longest messages, pages of items or of changes, are about 256 KiB
		MaxQueue:     4 << 20, // what a fast local reader takes in about 10 ms
		MaxGreeting:  256,     // a burst of joining peers; a hello takes well below a millisecond
		MaxLinks:     4096,    // with 10 KiB and a descriptor each
		HelloTimeout: 5 * time.Second,
		DialTimeout:  2 * time.Second,
		FrameTimeout: 10 * time.Second,
		WriteTimeout: 3 * time.Second,
		DrainTimeout: time.Second,
		IdleTimeout:  12 * time.Second, // lookups leave links behind, and each end costs a descriptor
		RedialMin:    50 * time.Millisecond,
		RedialMax:    3 * time.Second,
	}
}

// Validate reports all that is wrong with the limits, by field.
func (l *Limits) Validate() error {
	var errs []error
	for _, f := range []struct {
		name      string
		v, lo, hi int
	}{
		{"MaxFrame", l.MaxFrame, maxHello, 64 << 20},
		{"MaxQueue", l.MaxQueue, l.MaxFrame, 1 << 30},
		{"MaxGreeting", l.MaxGreeting, 1, 1 << 16},
		{"MaxLinks", l.MaxLinks, 1, 1 << 20},
	} {
		if f.v < f.lo || f.v > f.hi {
			errs = append(errs, fmt.Errorf("%s: %d is not within %d to %d", f.name, f.v, f.lo, f.hi))
		}
	}
	for _, f := range []struct {
		name  string
		v, lo time.Duration
	}{
		{"HelloTimeout", l.HelloTimeout, time.Millisecond},
		{"DialTimeout", l.DialTimeout, time.Millisecond},
		{"FrameTimeout", l.FrameTimeout, time.Millisecond},
		{"WriteTimeout", l.WriteTimeout, time.Millisecond},
		{"DrainTimeout", l.DrainTimeout, time.Millisecond},
		{"IdleTimeout", l.IdleTimeout, 10 * time.Millisecond},
		{"RedialMin", l.RedialMin, time.Millisecond},
		{"RedialMax", l.RedialMax, l.RedialMin},
	} {
		if f.v < f.lo || f.v > time.Hour {
			errs = append(errs, fmt.Errorf("%s: %v is not within %v to 1h", f.name, f.v, f.lo))
		}
	}
	return errors.Join(errs...)
}
