// Package registry is how peers find each other: a server that knows who is
// there, the session that a peer keeps with it, and a watch for those who want
// to know all the time. It knows nothing about who stands where on the ring.
package registry

import (
	"errors"
	"fmt"
	"time"

	pb "chordscope/proto"
	"chordscope/proto/wire"
)

// Config of a server. Start from Default.
type Config struct {
	// Ring is what peers have to agree with; nil leaves it to the first one
	// that registers, and again to the next one whenever nobody is left.
	Ring *pb.Ring

	// Grace is how long a peer whose connection broke may take to come back
	// before it is taken out.
	Grace time.Duration

	MaxPeers    int
	MaxWatchers int

	Seed uint64 // of the random samples

	// Key is the secret of the ring; see wire.Config. Without one, Serve
	// refuses to listen where other machines reach it.
	Key []byte

	Limits wire.Limits
}

// maxSample is how many peers a sample names at most.
const maxSample = 64

// Default returns the product's defaults.
func Default() Config {
	return Config{
		Grace:    3 * time.Second, // a few redials of a session
		MaxPeers: 10_000, MaxWatchers: 64,
		Seed: 1, Limits: wire.DefaultLimits(),
	}
}

// Validate reports all that is wrong with the configuration, by field.
func (c *Config) Validate() error {
	var errs []error
	if c.Ring != nil {
		if err := wire.CheckRing(c.Ring); err != nil {
			errs = append(errs, fmt.Errorf("Config.Ring: %w", err))
		}
	}
	if c.Grace < 0 || c.Grace > time.Hour {
		errs = append(errs, fmt.Errorf("Config.Grace: %v is not within 0 to 1h", c.Grace))
	}
	if c.MaxPeers < 1 {
		errs = append(errs, fmt.Errorf("Config.MaxPeers: %d is not positive", c.MaxPeers))
	}
	if c.MaxWatchers < 1 {
		errs = append(errs, fmt.Errorf("Config.MaxWatchers: %d is not positive", c.MaxWatchers))
	}
	if err := wire.CheckKey(c.Key); err != nil {
		errs = append(errs, fmt.Errorf("Config.Key: %w", err))
	}
	return errors.Join(append(errs, c.Limits.Validate())...)
}
