package wire

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// eachNetwork runs a test over TCP and over Memory, which has to behave alike.
func eachNetwork(t *testing.T, f func(t *testing.T, network Network)) {
	t.Run("tcp", func(t *testing.T) { f(t, TCP{}) })
	t.Run("memory", func(t *testing.T) { f(t, NewMemory()) })
}

// pair returns both ends of a connection, and the listener.
func pair(t *testing.T, network Network) (dialled, accepted net.Conn, ln net.Listener) {
	t.Helper()
	ln, err := network.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	dialled = rawDial(t, network, ln.Addr().String())
	accepted, err = ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { accepted.Close() })
	return dialled, accepted, ln
}

func read(conn net.Conn) (string, error) {
	b, err := io.ReadAll(conn)
	return string(b), err
}

func TestCloseIsReadAsAnEnd(t *testing.T) {
	eachNetwork(t, func(t *testing.T, network Network) {
		a, b, _ := pair(t, network)
		if a.RemoteAddr().String() != b.LocalAddr().String() || a.LocalAddr().String() != b.RemoteAddr().String() {
			t.Error("the two ends disagree about their addresses")
		}
		io.WriteString(a, "last words")
		a.Close()
		if got, err := read(b); got != "last words" || err != nil {
			t.Fatalf("%q, %v", got, err)
		}
		if _, err := a.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("writing after closing: %v", err)
		}
		if _, err := a.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("reading after closing: %v", err)
		}
	})
}

func TestHalfCloseLeavesTheOtherDirection(t *testing.T) {
	eachNetwork(t, func(t *testing.T, network Network) {
		a, b, _ := pair(t, network)
		closeWrite(a)
		if got, err := read(b); got != "" || err != nil {
			t.Fatalf("%q, %v", got, err)
		}
		io.WriteString(b, "answer")
		b.Close()
		if got, err := read(a); got != "answer" || err != nil {
			t.Fatalf("%q, %v", got, err)
		}
	})
}

func TestResetIsReadAsAReset(t *testing.T) {
	eachNetwork(t, func(t *testing.T, network Network) {
		a, b, _ := pair(t, network)
		reset(a)
		if _, err := read(b); !errors.Is(err, syscall.ECONNRESET) {
			t.Fatal(err)
		}
	})
}

func TestCloseWithUnreadBytesIsReadAsAReset(t *testing.T) {
	eachNetwork(t, func(t *testing.T, network Network) {
		a, b, _ := pair(t, network)
		io.WriteString(b, "never read")
		if _, err := a.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		a.Close()
		if _, err := read(b); !errors.Is(err, syscall.ECONNRESET) {
			t.Fatal(err)
		}
	})
}

func TestClosedPortRefuses(t *testing.T) {
	eachNetwork(t, func(t *testing.T, network Network) {
		_, _, ln := pair(t, network)
		waiting := rawDial(t, network, ln.Addr().String())
		ln.Close()
		if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Accept: %v", err)
		}
		if _, err := read(waiting); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("a connection that nobody accepted: %v", err)
		}
		_, err := network.Dial(context.Background(), ln.Addr().String())
		if err = dialError("it", err); !errors.Is(err, ErrRefused) {
			t.Errorf("Dial: %v", err)
		}
		again, err := network.Listen(context.Background(), ln.Addr().String())
		if err != nil {
			t.Fatalf("the port is not free again: %v", err)
		}
		defer again.Close()
		if _, err := network.Listen(context.Background(), ln.Addr().String()); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("a second listener on a port: %v", err)
		}
	})
}

func TestDeadlines(t *testing.T) {
	eachNetwork(t, func(t *testing.T, network Network) {
		a, _, _ := pair(t, network)
		a.SetReadDeadline(time.Unix(1, 0))
		if _, err := a.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Read: %v", err)
		}
		a.SetWriteDeadline(time.Now().Add(20 * time.Millisecond)) // nobody reads, so this is waited for
		if _, err := io.WriteString(a, strings.Repeat("x", 64<<20)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Write: %v", err)
		}
	})
}

func TestCancelledDial(t *testing.T) {
	eachNetwork(t, func(t *testing.T, network Network) {
		_, _, ln := pair(t, network)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := network.Dial(ctx, ln.Addr().String())
		if err = dialError("it", err); !errors.Is(err, ErrClosed) {
			t.Fatal(err)
		}
	})
}
