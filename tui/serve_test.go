package tui

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"charm.land/ssh"
	"github.com/charmbracelet/x/vt"
	"go.uber.org/goleak"
	gossh "golang.org/x/crypto/ssh"
)

// newKey returns a private key, and the same as PEM.
func newKey(t *testing.T) (gossh.Signer, []byte) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := gossh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, err := gossh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	return signer, pem.EncodeToMemory(block)
}

const pass = "correct horse"

// door returns where a screen can be served over ssh, and its host key. When the
// test is over nothing of the screen is left.
func door(t *testing.T) (net.Listener, []byte) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() {
		// Bubble Tea cannot take back a toast's end that it has begun to wait for.
		goleak.VerifyNone(t, before, goleak.IgnoreAnyFunction("charm.land/bubbletea/v2.Tick.func1"))
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, key := newKey(t)
	return ln, key
}

// served opens a screen that is served over ssh.
func served(t *testing.T, keys ...ssh.PublicKey) (home *terminal, addr string) {
	t.Helper()
	ln, key := door(t)
	home = open(t, t.Context(), 120, 40, Options{
		Peers: 3, NoMotion: true, SSH: &SSH{Listener: ln, HostKey: key, Pass: []byte(pass), Keys: keys},
	})
	t.Cleanup(func() {
		if !home.over {
			home.typed("q")
			home.end(t)
		}
	})
	home.await(t, "3 peers")
	return home, ln.Addr().String()
}

// dial connects to a served screen.
func dial(addr, user string, auth ...gossh.AuthMethod) (*gossh.Client, error) {
	return gossh.Dial("tcp", addr, &gossh.ClientConfig{
		User: user, Auth: auth, HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: patience,
	})
}

// visitor is somebody with a terminal who looks at a screen over ssh.
type visitor struct {
	terminal
	client  *gossh.Client
	session *gossh.Session
}

// visit opens a screen over ssh.
func visit(t *testing.T, addr string, w, h int, user string, environ map[string]string, auth ...gossh.AuthMethod) *visitor {
	t.Helper()
	client, err := dial(addr, user, auth...)
	if err != nil {
		t.Fatal(err)
	}
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{client: client, session: session}
	v.screen, v.written, v.done = vt.NewEmulator(w, h), make(chan struct{}), make(chan error, 1)
	session.Stdout = writerFunc(v.screenWrite)
	if v.input, err = session.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	for name, value := range environ {
		if err := session.Setenv(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := session.RequestPty("xterm-256color", h, w, nil); err != nil {
		t.Fatal(err)
	}
	if err := session.Shell(); err != nil {
		t.Fatal(err)
	}
	var replies sync.WaitGroup
	replies.Go(func() { io.Copy(v.input, v.screen) })
	go func() { v.done <- session.Wait() }()
	t.Cleanup(func() {
		client.Close()
		v.screen.InputPipe().(io.Closer).Close()
		replies.Wait()
	})
	return v
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// TestServe has a class at the ring: guests with views of their own who change
// nothing, and a presenter elsewhere who may.
func TestServe(t *testing.T) {
	home, addr := served(t)
	small := visit(t, addr, 80, 24, "ada", nil)
	large := visit(t, addr, 140, 45, "grace", nil)
	small.await(t, "3 peers · 2 watch")
	large.await(t, "3 peers · 2 watch")
	home.await(t, "3 peers · 2 watch")

	small.typed("s")
	small.await(t, "files are only for the one who started the ring")
	small.typed("a")
	small.await(t, "this screen looks on")
	large.typed("2") // another view, for this one only
	large.await(t, views()[1].help[:12])
	large.until(t, "a footer without what guests cannot do", func(shown string) bool { return !strings.Contains(shown, "a add") })

	teacher := visit(t, addr, 100, 30, Presenter, nil, gossh.Password(pass))
	teacher.await(t, "3 peers · 3 watch")
	teacher.typed(":join 1\r")
	for _, screen := range []*terminal{&teacher.terminal, &small.terminal, home} {
		screen.await(t, "4 peers")
	}
	teacher.typed(":include \"/etc/passwd\"\r")
	teacher.await(t, "files are only for the one who started the ring")

	small.typed("q")
	if err := small.end(t); err != nil {
		t.Errorf("a guest that quits: %v", err)
	}
	large.client.Close() // as a laptop that is shut
	home.await(t, "4 peers · 1 watch")
	home.typed("q")
	if err := home.end(t); err != nil {
		t.Errorf("quitting gives %v", err)
	}
	// Who still looks on has the terminal restored, and the connection ends.
	if err := teacher.end(t); err != nil && !strings.Contains(err.Error(), "exit") {
		t.Errorf("the end of a screen elsewhere: %v", err)
	}
}

// TestServe_Play: who comes late sees what has played and the question that is
// open, answers it alone, and steers nothing.
func TestServe_Play(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, key := newKey(t)
	sc := parse(t, "title \"A lesson\"\nset bits=6\njoin N1 N8 N14\nnote \"a secret\"\nask \"Who owns K10?\" = N14\nsay \"That was it.\"\n")
	home := open(t, t.Context(), 120, 40, Options{Scenario: sc, NoMotion: true, SSH: &SSH{Listener: ln, HostKey: key}})
	home.await(t, "show the answer")
	late := visit(t, ln.Addr().String(), 100, 30, "ada", nil)
	late.await(t, "show the answer")
	late.await(t, "A lesson")
	late.typed("N8\r")
	late.await(t, "N8  …")
	home.typed("N14\r")
	home.await(t, "N14 is right.")
	late.await(t, "N8 is not right: it is N14.")
	late.typed("\r")
	late.typed("n")
	late.await(t, "this screen looks on")
	home.typed("\r")
	late.await(t, "That was it.")
	if _, err := dial(ln.Addr().String(), Presenter, gossh.Password(pass)); err == nil {
		t.Error("somebody may command, though there is no pass")
	}
	late.mu.Lock()
	defer late.mu.Unlock()
	if strings.Contains(late.raw.String(), "secret") {
		t.Error("the class sees a note")
	}
	home.typed("q")
	if err := home.end(t); err != nil {
		t.Error(err)
	}
}

func TestServe_Resize(t *testing.T) {
	_, addr := served(t)
	v := visit(t, addr, 80, 24, "ada", nil)
	v.await(t, "3 peers")
	for _, size := range [][2]int{{10, 4}, {150, 50}, {80, 24}} {
		v.mu.Lock()
		v.screen.Resize(size[0], size[1])
		v.mu.Unlock()
		if err := v.session.WindowChange(size[1], size[0]); err != nil {
			t.Fatal(err)
		}
		want := "all keys"
		if size[0] < minWidth {
			want = fmt.Sprintf("%d x %d", size[0], size[1])
		}
		v.until(t, "the new size", func(shown string) bool {
			lines := strings.Split(shown, "\n")
			return strings.Contains(shown, want) && (size[0] < minWidth || strings.Contains(lines[size[1]-1], want))
		})
	}
	// What nobody has is made bearable.
	if err := v.session.WindowChange(1<<20, 1<<20); err != nil {
		t.Fatal(err)
	}
	if err := v.session.WindowChange(24, 80); err != nil {
		t.Fatal(err)
	}
	v.typed("?")
	v.await(t, "What keys do")
}

// TestServe_Auth: whoever wants to command has to show the pass or a key.
func TestServe_Auth(t *testing.T) {
	known, _ := newKey(t)
	unknown, _ := newKey(t)
	_, addr := served(t, known.PublicKey())
	for name, c := range map[string]struct {
		user string
		auth []gossh.AuthMethod
		ok   bool
	}{
		"a guest":              {"ada", nil, true},
		"a guest with a pass":  {"ada", []gossh.AuthMethod{gossh.Password(pass)}, true},
		"nothing":              {Presenter, nil, false},
		"a wrong pass":         {Presenter, []gossh.AuthMethod{gossh.Password("guess")}, false},
		"the pass":             {Presenter, []gossh.AuthMethod{gossh.Password(pass)}, true},
		"a key nobody knows":   {Presenter, []gossh.AuthMethod{gossh.PublicKeys(unknown)}, false},
		"a key that is listed": {Presenter, []gossh.AuthMethod{gossh.PublicKeys(known)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := dial(addr, c.user, c.auth...)
			if (err == nil) != c.ok {
				t.Errorf("let in: %v, want %v", err, c.ok)
			}
			if err == nil {
				client.Close()
			}
		})
	}
}

// TestServe_Refuses what is not a look at the screen.
func TestServe_Refuses(t *testing.T) {
	home, addr := served(t)
	client, err := dial(addr, "ada")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := client.Dial("tcp", "127.0.0.1:22"); err == nil {
		t.Error("a way into the network was opened")
	}
	session, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.NewSession(); err == nil {
		t.Error("a second screen on one connection")
	}
	if err := session.RequestSubsystem("sftp"); err == nil {
		t.Error("sftp is served")
	}
	for range 200 { // nobody has asked for a terminal yet
		session.WindowChange(24, 80)
	}
	out, err := session.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Start("rm -rf /"); err != nil {
		t.Fatal(err)
	}
	said, _ := io.ReadAll(out)
	if err := session.Wait(); err == nil || !strings.Contains(string(said), "needs a terminal") {
		t.Errorf("a command gives %v, %q", err, said)
	}
	home.typed("q")
	if err := home.end(t); err != nil {
		t.Error(err)
	}
}

// TestServe_Colours are what the client's environment asks for.
func TestServe_Colours(t *testing.T) {
	_, addr := served(t)
	for name, c := range map[string]struct {
		environ map[string]string
		colours bool
	}{
		"colours":    {map[string]string{"COLORTERM": "truecolor"}, true},
		"no colours": {map[string]string{"NO_COLOR": "1"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			v := visit(t, addr, 100, 30, "ada", c.environ)
			v.await(t, "3 peers")
			v.mu.Lock()
			defer v.mu.Unlock()
			found := false
			for y := range v.screen.Height() {
				for x := range v.screen.Width() {
					if cell := v.screen.CellAt(x, y); cell != nil && cell.Style.Fg != nil {
						found = true
					}
				}
			}
			if found != c.colours {
				t.Errorf("colours: %v, want %v", found, c.colours)
			}
		})
	}
}

// TestServe_Full: there are places for so many, and for those who end.
func TestServe_Full(t *testing.T) {
	v := &server{conns: make(map[net.Conn]bool)}
	for range mostViewers {
		if !v.enter() {
			t.Fatal("there are fewer places")
		}
	}
	if v.enter() {
		t.Error("there are more places")
	}
	v.leave()
	if !v.enter() {
		t.Error("a place that is free again is not given away")
	}
	for range mostViewers + mostKnocks {
		if !v.track(new(net.TCPConn)) {
			t.Fatal("there are fewer connections")
		}
	}
	if v.track(new(net.TCPConn)) {
		t.Error("there are more connections")
	}
}

// TestServe_SlowClient: one that takes nothing holds up nobody, and not the end.
func TestServe_SlowClient(t *testing.T) {
	home, addr := served(t)
	client, err := dial(addr, "ada")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	channel, requests, err := client.OpenChannel("session", nil)
	if err != nil {
		t.Fatal(err)
	}
	go gossh.DiscardRequests(requests)
	size := struct {
		Term                         string
		Columns, Rows, Width, Height uint32
		Modes                        string
	}{"xterm-256color", 400, 150, 0, 0, ""}
	if ok, err := channel.SendRequest("pty-req", true, gossh.Marshal(size)); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if ok, err := channel.SendRequest("shell", true, nil); !ok || err != nil {
		t.Fatal(ok, err)
	}
	home.await(t, "1 watch")
	keys := strings.Repeat("\x1b[C1v", 1<<16) // the frames that these ask for are more than a window
	go io.WriteString(channel, keys)
	began := time.Now()
	for range 5 {
		home.typed(":join 1\r")
	}
	home.await(t, "8 peers")
	home.typed("q")
	if err := home.end(t); err != nil {
		t.Error(err)
	}
	t.Logf("five joins and the end took %v", time.Since(began))
}
