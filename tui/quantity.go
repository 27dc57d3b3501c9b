package tui

import (
	"fmt"
	"time"

	"chordscope/tui/draw"
)

// seconds writes a duration as people say it: "4 s", "3 min".
func seconds(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f min", d.Minutes())
}

// milliseconds writes how long a lookup took.
func milliseconds(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

// quarters writes none to three quarters of a whole, in characters that the font
// has.
func quarters(k draw.Kind) [4]string {
	if k == draw.ASCII {
		return [...]string{"0", "1/4", "1/2", "3/4"}
	}
	return [...]string{"0", "¼", "½", "¾"}
}

// count writes a number with its thousands apart: "12 345".
func count(n uint64) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s %03d", count(n/1000), n%1000)
}

// kilobytes writes an amount of bytes.
func kilobytes(n uint64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// spent writes how long a part of a recovery took.
func spent(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return seconds(d)
}
