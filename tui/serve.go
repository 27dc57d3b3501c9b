package tui

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"charm.land/ssh"
	"charm.land/wish/v2"
	gossh "golang.org/x/crypto/ssh"
)

// SSH says how the screen is served to others over ssh. Everybody sees the same
// ring, each with a selection and a view of their own.
type SSH struct {
	// Listener is where others come in. Run closes it.
	Listener net.Listener
	// HostKey is the server's private key, as PEM.
	HostKey []byte
	// Pass is the password with which the user Presenter may command the ring.
	// If it is empty and there are no Keys, nobody may over ssh.
	Pass []byte
	// Keys are public keys whose owners may do so as well.
	Keys []ssh.PublicKey
	// Failed, if set, is told when a screen ended by a panic, which is caught, with
	// its stack. It is called by one goroutine at a time, and must not block.
	Failed func(report string)
}

// Presenter is the user name of those who may command. Everybody else comes in
// without a password and looks on.
const Presenter = "presenter"

// Command is what others type to look on, as in "ssh -p 2222 192.168.1.5".
func (h *SSH) Command() string {
	host, port, _ := net.SplitHostPort(h.Listener.Addr().String())
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = ownAddress()
	}
	return "ssh -p " + port + " " + host
}

// ownAddress is an address by which other machines most likely reach this one.
func ownAddress() string {
	addrs, _ := net.InterfaceAddrs()
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsGlobalUnicast() {
			return n.IP.String()
		}
	}
	return "127.0.0.1"
}

// Bounds of what is served.
const (
	mostViewers = 64               // screens at a time
	mostKnocks  = 32               // connections beyond that, which are not let in yet or told that it is full
	graceTime   = time.Minute      // to give a password
	longestLook = 12 * time.Hour   // of a connection
	stallTime   = 30 * time.Second // that a client may take none of what is written to it
	farewell    = time.Second      // for terminals to be restored at the end
	wrongPause  = time.Second / 2  // after a password that is wrong
	acceptPause = 50 * time.Millisecond
)

// server serves a session's screen over ssh.
type server struct {
	session *session
	opts    *Options
	ssh     *ssh.Server
	ctx     context.Context // of the screens
	stop    context.CancelFunc
	wg      sync.WaitGroup // the listener, connections and screens

	mu      sync.Mutex
	closed  bool
	conns   map[net.Conn]bool
	viewers int
}

// serve lets others in until close.
func (s *session) serve(opts *Options) (*server, error) {
	v := &server{session: s, opts: opts, conns: make(map[net.Conn]bool)}
	config, err := v.config(opts.SSH)
	if err != nil {
		opts.SSH.Listener.Close()
		return nil, fmt.Errorf("serve the screen over ssh: %w", err)
	}
	v.ssh = config
	v.ctx, v.stop = context.WithCancel(context.Background())
	v.wg.Go(v.accept)
	return v, nil
}

func (v *server) config(how *SSH) (*ssh.Server, error) {
	server, err := wish.NewServer(wish.WithHostKeyPEM(how.HostKey), ssh.EmulatePty(), wish.WithMaxTimeout(longestLook))
	if err != nil {
		return nil, err
	}
	server.Version = "Chordscope"
	server.HandshakeTimeout = graceTime
	server.Handler = v.show
	server.ChannelHandlers = map[string]ssh.ChannelHandler{"session": oneChannel}
	server.ServerConfigCallback = func(ssh.Context) *gossh.ServerConfig {
		return &gossh.ServerConfig{NoClientAuth: true, NoClientAuthCallback: admitGuest}
	}
	if len(how.Pass) > 0 {
		want := sha256.Sum256(how.Pass)
		server.PasswordHandler = func(ctx ssh.Context, pass string) bool {
			got := sha256.Sum256([]byte(pass))
			if ctx.User() == Presenter && subtle.ConstantTimeCompare(got[:], want[:]) == 1 {
				return true
			}
			select { // so that guessing takes for ever
			case <-time.After(wrongPause):
			case <-v.ctx.Done():
			}
			return false
		}
	}
	if len(how.Keys) > 0 {
		server.PublicKeyHandler = func(ctx ssh.Context, key ssh.PublicKey) bool {
			return ctx.User() == Presenter && slices.ContainsFunc(how.Keys, func(k ssh.PublicKey) bool { return ssh.KeysEqual(k, key) })
		}
	}
	return server, nil
}

// admitGuest lets everybody in but those who want to command, who are asked for
// a password or a key.
func admitGuest(conn gossh.ConnMetadata) (*gossh.Permissions, error) {
	if conn.User() == Presenter {
		return nil, errors.New("the presenter has to show who that is")
	}
	return nil, nil
}

// accept takes connections until the listener is closed.
func (v *server) accept() {
	ln := v.opts.SSH.Listener
	for {
		conn, err := ln.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // most likely for want of file descriptors
			select {
			case <-time.After(acceptPause):
			case <-v.ctx.Done():
			}
		case !v.track(conn):
			conn.Close()
		default:
			v.wg.Go(func() {
				defer v.untrack(conn)
				v.ssh.HandleConn(conn)
			})
		}
	}
}

func (v *server) track(conn net.Conn) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed || len(v.conns) >= mostViewers+mostKnocks {
		return false
	}
	v.conns[conn] = true
	return true
}

func (v *server) untrack(conn net.Conn) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.conns, conn)
}

// enter takes a place for a screen, until leave.
func (v *server) enter() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed || v.viewers >= mostViewers {
		return false
	}
	v.viewers++
	v.wg.Add(1)
	return true
}

func (v *server) leave() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.viewers--
	v.wg.Done()
}

// close ends every screen and returns when nothing of the server runs any more.
// Terminals are restored as far as their clients take that in time.
func (v *server) close() {
	v.mu.Lock()
	v.closed = true
	v.mu.Unlock()
	v.opts.SSH.Listener.Close()
	v.stop()
	late := time.AfterFunc(farewell, v.hangUp)
	defer late.Stop()
	v.wg.Wait()
}

// hangUp closes all connections.
func (v *server) hangUp() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for conn := range v.conns {
		conn.Close()
	}
}
