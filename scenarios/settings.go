package scenarios

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"chordscope/node/ring"
)

// setting is one name that "set" knows.
type setting struct {
	name   string
	values string // what it may be, for messages and help
	help   string
	ring   bool // fixed once the ring has been started
	// set stores the value, or returns false if it is not one of values.
	set func(s *Settings, value string) bool
}

// MaxVNodes bounds how many virtual nodes a host has.
const MaxVNodes = 20

// Bounds of the settings.
const (
	maxSuccessors = 32
	minInterval   = 10 * time.Millisecond
	maxInterval   = time.Hour
)

var settings = []setting{
	{"bits", fmt.Sprintf("%d to %d", ring.MinBits, ring.MaxBits), "bits of an identifier, the papers' m", true,
		number(ring.MinBits, ring.MaxBits, func(s *Settings, n uint64) { s.Bits = int(n) })},
	{"successors", fmt.Sprintf("1 to %d", maxSuccessors), "length of the successor list, the papers' r", true,
		number(1, maxSuccessors, func(s *Settings, n uint64) { s.Successors = int(n) })},
	{"replicas", fmt.Sprintf("1 to %d", maxSuccessors), "copies of a key, at most successors", true,
		number(1, maxSuccessors, func(s *Settings, n uint64) { s.Replicas = int(n) })},
	{"vnodes", fmt.Sprintf("1 to %d", MaxVNodes), "virtual nodes of a host: identifiers of its own that end together", true,
		number(1, MaxVNodes, func(s *Settings, n uint64) { s.VNodes = int(n) })},
	{"stabilize", intervals, "how often a peer stabilizes", true,
		interval(func(s *Settings) *time.Duration { return &s.Stabilize })},
	{"fix", intervals, "how often a peer repairs a finger", true,
		interval(func(s *Settings) *time.Duration { return &s.Fix })},
	{"check", intervals, "how often a peer checks its predecessor", true,
		interval(func(s *Settings) *time.Duration { return &s.Check })},
	{"repair", intervals, "how often an owner compares its keys with its replicas", true,
		interval(func(s *Settings) *time.Duration { return &s.Repair })},
	{"timeout", intervals, "how long a peer waits for an answer", true,
		interval(func(s *Settings) *time.Duration { return &s.Timeout })},
	{"lookup", "iterative or recursive", "who asks the next hop: the origin, or each hop", false,
		either("iterative", "recursive", func(s *Settings) *bool { return &s.Recursive })},
	{"protocol", "corrected or original", "the proved operations, or those of 2003", true,
		either("corrected", "original", func(s *Settings) *bool { return &s.Original })},
	{"merge", "off or on", "whether split rings come together again", true,
		either("off", "on", func(s *Settings) *bool { return &s.Merge })},
	{"processes", "off or on", "whether each peer is a process of its own", true,
		either("off", "on", func(s *Settings) *bool { return &s.Processes })},
	{"seed", "a whole number from 0", "of everything random", true,
		number(0, 1<<64-1, func(s *Settings, n uint64) { s.Seed = n })},
	{"fingers", "1-based or 0-based", "how fingers are numbered, here and on screen", false,
		either("1-based", "0-based", func(s *Settings) *bool { return &s.ZeroBased })},
}

const intervals = "10ms to 1h"

func number(low, high uint64, store func(*Settings, uint64)) func(*Settings, string) bool {
	return func(s *Settings, value string) bool {
		n, err := strconv.ParseUint(value, 10, 64)
		if err != nil || n < low || n > high {
			return false
		}
		store(s, n)
		return true
	}
}

func interval(field func(*Settings) *time.Duration) func(*Settings, string) bool {
	return func(s *Settings, value string) bool {
		d, err := time.ParseDuration(value)
		if err != nil || d < minInterval || d > maxInterval {
			return false
		}
		*field(s) = d
		return true
	}
}

// either is a setting of two words; the second one stands for true.
func either(no, yes string, field func(*Settings) *bool) func(*Settings, string) bool {
	return func(s *Settings, value string) bool {
		*field(s) = value == yes
		return value == yes || value == no
	}
}

func findSetting(name string) *setting {
	for i := range settings {
		if settings[i].name == name {
			return &settings[i]
		}
	}
	return nil
}

func settingNames() []string {
	names := make([]string, len(settings))
	for i, s := range settings {
		names[i] = s.name
	}
	return names
}

// parseSet reads NAME=VALUE pairs. What was set holds for the lines below, so
// the parser keeps it, and the runner takes over what was parsed.
func parseSet(p *parser) action {
	var told []string
	seen := make(map[string]bool)
	for first := true; first || p.more(); first = false {
		name := p.word("a setting such as bits=6")
		if t := p.peek(); t.kind != operator || t.text != "=" {
			p.errorf(t, "expected = and a value after %s, found %s", name.text, t.found())
		}
		p.next()
		value := p.word("a value for " + name.text)
		if p.lost {
			break
		}
		switch {
		case seen[name.text]:
			p.fault(name, "%s is set twice", name.text)
		case p.set(name, value):
			told = append(told, name.text+"="+value.text)
		}
		seen[name.text] = true
	}
	after, replicas := p.scope.settings, p.scope.replicas
	return func(_ context.Context, r *Runner) (Result, error) {
		r.scope.settings, r.scope.replicas = after, replicas
		r.sys.NumberFingers(after.ZeroBased)
		return Result{Text: strings.Join(told, " ")}, nil
	}
}

// set stores one pair; a mistake in it leaves the other pairs readable.
func (p *parser) set(name, value token) bool {
	s := findSetting(name.text)
	switch {
	case s == nil:
		p.fault(name, "unknown setting %s%s", name.found(), suggest(name.text, settingNames()))
		return false
	case s.ring && p.scope.started != "":
		p.fault(name, "%s is a setting of the ring: expected before %q, which starts it", s.name, p.scope.started)
		return false
	case !s.set(&p.scope.settings, value.text):
		p.fault(value, "%s is %s, found %s", s.name, s.values, value.found())
		return false
	}
	if s.name == "replicas" {
		p.scope.replicas = p.errorAt(value, "")
	}
	if p.scope.replicas == nil { // left to default: as many as there may be, up to that
		set := &p.scope.settings
		set.Replicas = min(DefaultSettings().Replicas, set.Successors)
	}
	return true
}
