package sim

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"testing"
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
)

// TestSameSeedSameRun: all events, messages and lookups of a run with joins,
// crashes, restarts, frozen peers, lost messages and lookups are the same, byte
// for byte, whenever the run is repeated. Nothing may depend on the order of a
// map or on anything else than the seed.
func TestSameSeedSameRun(t *testing.T) {
	for _, original := range []bool{false, true} {
		var first, again bytes.Buffer
		restless(&first, 7, original, 8)
		restless(&again, 7, original, 8)
		if first.Len() < 50_000 {
			t.Fatalf("a trace of %d bytes is hardly a run", first.Len())
		}
		if !bytes.Equal(first.Bytes(), again.Bytes()) {
			a, b := bytes.Split(first.Bytes(), []byte("\n")), bytes.Split(again.Bytes(), []byte("\n"))
			for i := range min(len(a), len(b)) {
				if !bytes.Equal(a[i], b[i]) {
					t.Fatalf("original=%v: the runs part at line %d:\n%s\n%s", original, i+1, a[i], b[i])
				}
			}
			t.Fatalf("original=%v: one run is longer", original)
		}
	}
}

func TestSameSeedSameLargeRun(t *testing.T) {
	sum := func(seed uint64) [sha256.Size]byte {
		h := sha256.New()
		restless(h, seed, false, 40)
		return [sha256.Size]byte(h.Sum(nil))
	}
	one := sum(1)
	if again := sum(1); one != again {
		t.Errorf("the same seed gave %x and %x", one, again)
	}
	if sum(2) == one {
		t.Error("another seed gave the same run")
	}
}

// restless runs n peers through all kinds of trouble and writes all they do.
func restless(w io.Writer, seed uint64, original bool, n int) {
	space := ring.MustSpace(16)
	cfg := Default(space, seed)
	cfg.Peer = func(c *chord.Config) { c.Original = original }
	s := New(cfg)
	s.OnEffects = func(h *Host, fx *chord.Effects) {
		fmt.Fprintf(w, "%v N%s", s.Now(), space.Format(h.Ref.ID))
		for _, e := range fx.Events {
			fmt.Fprintf(w, " event %+v", e)
		}
		for _, m := range fx.Sends {
			fmt.Fprintf(w, " send %v %d %d %T%+v", m.To, m.Request, m.Answer, m.Body, m.Body)
		}
		for _, l := range fx.Lookups {
			fmt.Fprintf(w, " lookup %+v", l)
		}
		fmt.Fprintln(w)
	}
	for i := range n {
		h := s.Start(space.Hash([]byte(s.NextAddr())))
		if i == 0 {
			s.Do(h, chord.Create{})
		} else {
			s.Do(h, chord.Join{Seeds: []chord.Ref{s.Hosts()[i/2].Ref}})
		}
		s.RunFor(20 * time.Millisecond)
	}
	s.RunFor(3 * time.Second)
	hosts := s.Hosts()
	for i := range 12 {
		h := hosts[(i*5+1)%n]
		switch i % 6 {
		case 0:
			s.Crash(h)
		case 1:
			s.Freeze(h)
		case 2:
			s.SetDrop(0.05)
		case 3:
			s.Thaw(hosts[((i-2)*5+1)%n])
		case 4:
			s.Do(h, chord.Leave{})
		case 5:
			if dead := hosts[((i-5)*5+1)%n]; !dead.Live() {
				s.Do(s.Restart(dead), chord.Join{Seeds: []chord.Ref{h.Ref}})
			}
		}
		for j := range 4 {
			s.Do(hosts[(i+j)%n], chord.Find{Token: uint64(i), Key: space.Hash([]byte{byte(i), byte(j)}), Recursive: j%2 == 0})
		}
		s.RunFor(700 * time.Millisecond)
	}
}
