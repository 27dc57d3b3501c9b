package process

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"

	"chordscope/node"
	"chordscope/node/chord"
	"chordscope/proto/wire"
)

// errSilent: the process has ended and told no reason.
var errSilent = errors.New("the process of the peer has ended")

// Peer is a peer in a process of its own, as its parent sees it. Its methods
// are safe for concurrent use, except that Enter is called once.
type Peer struct {
	ref     chord.Ref
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers chan answer
	said    tail          // what it wrote to standard error
	done    chan struct{} // closed when the process has ended, and nothing of it is left
}

// Start starts a process with a peer that listens but is in no ring yet, as
// node.Start does. The network is TCP. The caller must end it with Kill, or
// see to it that it leaves.
func Start(ctx context.Context, cfg node.Config) (*Peer, error) {
	if err := cfg.Validate(); err != nil { // before anything is started for it
		return nil, fmt.Errorf("peer configuration: %w", err)
	}
	p, err := spawn()
	if err != nil {
		return nil, fmt.Errorf("start a process for a peer: %w", err)
	}
	a, err := p.order(ctx, order{Start: newSetup(&cfg)})
	switch {
	case err != nil:
	case a.Ref == nil:
		err = errSilent
	default:
		p.ref, err = a.Ref.decode()
	}
	if err != nil {
		p.Kill()
		return nil, err
	}
	return p, nil
}

// spawn starts the process.
func spawn() (*Peer, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &Peer{cmd: exec.Command(exe, Args()...), answers: make(chan answer, 1), done: make(chan struct{})}
	p.cmd.Env = environment()
	p.cmd.SysProcAttr = attributes()
	p.cmd.Stderr = &p.said
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	started := make(chan error, 1)
	go p.live(out, started)
	return p, <-started
}

// live starts the process, hears what it says, and waits for its end. All that
// happens on one thread, since Linux counts the thread that started a child as
// its parent.
func (p *Peer) live(out io.Reader, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(p.done)
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	lines := json.NewDecoder(out)
	for {
		var a answer
		if lines.Decode(&a) != nil {
			break
		}
		select {
		case p.answers <- a:
		default: // nobody asked
		}
	}
	// If what it said was no JSON, it is no peer.
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait() // how it ended is no news: the ring finds out that it has
}

// order tells the child something and waits for its answer.
func (p *Peer) order(ctx context.Context, o order) (answer, error) {
	line, err := json.Marshal(o)
	if err == nil {
		_, err = p.in.Write(append(line, '\n'))
	}
	if err != nil {
		_ = p.cmd.Process.Kill() // it hears nothing, so it is of no use; most likely it has ended
	}
	select {
	case a := <-p.answers:
		if a.Error != nil {
			return a, wire.FromProto(a.Error)
		}
		return a, nil
	case <-p.done:
		if text := p.said.String(); text != "" {
			return answer{}, fmt.Errorf("%w: %s", errSilent, text)
		}
		return answer{}, errSilent
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
}

// Ref returns who the peer is.
func (p *Peer) Ref() chord.Ref { return p.ref }

// PID returns the number of its process.
func (p *Peer) PID() int { return p.cmd.Process.Pid }

// Done is closed when the process has ended.
func (p *Peer) Done() <-chan struct{} { return p.done }

// Enter lets the peer enter the ring; see node.Peer.Enter.
func (p *Peer) Enter(ctx context.Context, seeds []chord.Ref) error {
	e := &entrance{}
	for _, s := range seeds {
		e.Seeds = append(e.Seeds, encodeRef(s))
	}
	_, err := p.order(ctx, order{Enter: e})
	return err
}

// Kill ends the process at once, also if it is stopped, and returns when it has
// ended.
func (p *Peer) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.done
}

// Close is Kill: a process that nobody needs any more has nothing to say.
func (p *Peer) Close() { p.Kill() }

// Freeze stops the process, or with false lets it go on.
func (p *Peer) Freeze(on bool) error { return freeze(p.cmd.Process, on) }

// environment is what the child inherits: nothing secret.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "CHORDSCOPE_") })
}

// maxTail is how much of standard error is kept.
const maxTail = 4 << 10

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if over := len(t.text) - maxTail; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.text))
}
