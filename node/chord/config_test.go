package chord

import (
	"strings"
	"testing"
	"time"

	"chordscope/node/ring"
)

func TestDefaultIsValid(t *testing.T) {
	cfg := Default(Ref{ID: ring.FromUint64(1), Addr: "a", Inc: 1}, ring.MustSpace(6))
	if err := cfg.Validate(); err != nil {
		t.Error(err)
	}
}

// TestValidate names every field that is wrong, all at once.
func TestValidate(t *testing.T) {
	good := Default(Ref{ID: ring.FromUint64(1), Addr: "a", Inc: 1}, ring.MustSpace(6))
	for _, c := range []struct {
		field string
		spoil func(*Config)
	}{
		{"Self", func(c *Config) { c.Self = Ref{} }},
		{"Self", func(c *Config) { c.Self.ID = ring.FromUint64(64) }},
		{"Space", func(c *Config) { c.Space = ring.Space{} }},
		{"Successors", func(c *Config) { c.Successors = 0 }},
		{"Successors", func(c *Config) { c.Successors = MaxSuccessors + 1 }},
		{"Stabilize", func(c *Config) { c.Stabilize = 0 }},
		{"Fix", func(c *Config) { c.Fix = time.Microsecond }},
		{"Check", func(c *Config) { c.Check = 2 * time.Hour }},
		{"Timeout", func(c *Config) { c.Timeout = -time.Second }},
	} {
		cfg := good
		c.spoil(&cfg)
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), c.field+": ") {
			t.Errorf("%s: error %v", c.field, err)
		}
	}
	bad := Config{}
	err := bad.Validate()
	for _, field := range []string{"Self", "Space", "Successors", "Stabilize", "Fix", "Check", "Timeout"} {
		if !strings.Contains(err.Error(), field+": ") {
			t.Errorf("%s is not named in %q", field, err)
		}
	}
}
