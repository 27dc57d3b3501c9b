package tui

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/ssh"
	wishtea "charm.land/wish/v2/bubbletea"
	uv "github.com/charmbracelet/ultraviolet"
	gossh "golang.org/x/crypto/ssh"
)

// A screen over ssh is no larger than this, in cells, whatever its client says.
const widest, highest = 500, 200

// show runs one screen over ssh until its client or the server ends it.
func (v *server) show(sess ssh.Session) {
	pty, _, ok := sess.Pty()
	switch {
	case !ok || sess.RawCommand() != "":
		refuse(sess, "This is a screen and needs a terminal. Connect without a command.")
		return
	case !v.enter():
		refuse(sess, fmt.Sprintf("All %d places are taken.", mostViewers))
		return
	}
	defer v.leave()
	ctx, cancel := context.WithCancel(sess.Context())
	rescue := &rescue{end: cancel}
	defer rescue.catch()
	defer context.AfterFunc(v.ctx, cancel)()
	conn := sess.Context().Value(ssh.ContextKeyConn).(*gossh.ServerConn)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	defer conn.Close() // so that what is typed ends
	who := v.session.attach(sess.User() != Presenter)
	who.remote = true
	silence, end := io.Pipe()
	defer end.Close()
	// Theme, font and cell are those of the client's terminal, not of this one.
	m := v.session.model(who, &Options{Settings: v.opts.Settings, NoMotion: v.opts.NoMotion})
	program := tea.NewProgram(rescued{m, rescue}, append(wishtea.MakeOptions(sess),
		tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithFPS(remoteFPS),
		tea.WithInput(silence), tea.WithOutput(&impatient{sess, conn}),
		tea.WithWindowSize(min(pty.Window.Width, widest), min(pty.Window.Height, highest)),
	)...)
	sizes := sess.Context().Value(sizesKey{}).(<-chan tea.WindowSizeMsg)
	wg.Go(func() { resize(ctx, program, sizes) })
	wg.Go(func() { input(ctx, program, sess, pty.Term, rescue) })
	err := v.session.show(ctx, who, program, rescue.catch)
	status := 0
	if err != nil && ctx.Err() == nil {
		status = 1
	}
	if why, stack := rescue.failed(); why != "" {
		status = 1
		fmt.Fprintf(sess, "This screen has ended by a fault of the program: %s\r\nThe ring goes on; connect again.\r\n", firstLine(why))
		v.failed(sess.RemoteAddr(), why, stack)
	}
	sess.Exit(status)
}

// failed tells that a screen over ssh has ended by a panic: those who may command
// in a sentence, and whoever started the ring with the stack.
func (v *server) failed(of net.Addr, why string, stack []byte) {
	v.session.tell(nil, guestFailed{firstLine(why)})
	if report := v.opts.SSH.Failed; report != nil {
		v.mu.Lock()
		defer v.mu.Unlock()
		report(fmt.Sprintf("the screen over ssh of %v ended by a fault of the program: %s\n%s", of, why, stack))
	}
}

// guestFailed says why a screen over ssh has ended.
type guestFailed struct{ why string }

// remoteFPS is lower than at home: there are many, and their frames travel.
const remoteFPS = 20

func refuse(sess ssh.Session, why string) {
	fmt.Fprintf(sess.Stderr(), "%s\r\n", why)
	sess.Exit(1)
}

// input passes what is typed on until the connection ends. Bubble Tea's reader
// could be left behind: it waits to hand over a key however long its program has
// ended.
func input(ctx context.Context, program *tea.Program, from io.Reader, term string, rescue *rescue) {
	events := make(chan uv.Event)
	go func() {
		defer close(events)
		defer rescue.catch()
		uv.NewTerminalReader(from, term).StreamEvents(ctx, events)
	}()
	for e := range events {
		program.Send(e)
	}
}

// resize passes the sizes of a client's terminal on.
func resize(ctx context.Context, program *tea.Program, sizes <-chan tea.WindowSizeMsg) {
	for {
		select {
		case <-ctx.Done():
			return
		case size := <-sizes:
			program.Send(size)
		}
	}
}

// impatient gives up a client that takes nothing for stallTime, since a write
// that never ends would keep its screen for ever.
type impatient struct {
	ssh.Session
	conn *gossh.ServerConn
}

func (w *impatient) Write(p []byte) (int, error) {
	defer time.AfterFunc(stallTime, func() { w.conn.Close() }).Stop()
	return w.Session.Write(p)
}

// sizesKey is under which a connection's context has the sizes of its terminal.
type sizesKey struct{}

// oneChannel opens the first session channel of a connection and refuses more.
func oneChannel(srv *ssh.Server, conn *gossh.ServerConn, asked gossh.NewChannel, ctx ssh.Context) {
	sizes := make(chan tea.WindowSizeMsg, 1)
	ctx.Lock()
	taken := ctx.Value(sizesKey{}) != nil
	if !taken {
		ctx.SetValue(sizesKey{}, (<-chan tea.WindowSizeMsg)(sizes))
	}
	ctx.Unlock()
	if taken {
		asked.Reject(gossh.ResourceShortage, "one screen a connection")
		return
	}
	channel, requests, err := asked.Accept()
	if err != nil {
		return // the client has gone
	}
	passed := make(chan *gossh.Request)
	go sift(requests, passed, sizes)
	ssh.DefaultSessionHandler(srv, conn, opened{asked, channel, passed}, ctx)
}

// opened is a channel that has been accepted.
type opened struct {
	gossh.NewChannel
	channel  gossh.Channel
	requests <-chan *gossh.Request
}

func (o opened) Accept() (gossh.Channel, <-chan *gossh.Request, error) {
	return o.channel, o.requests, nil
}

// mostEnvironment is how many variables a client may set; ssh sends a few.
const mostEnvironment = 64

// sift passes a client's requests on, except what the library would keep
// without bound or wait for without end: sizes, of which only the latest counts,
// signals, and more variables than anybody has.
func sift(requests <-chan *gossh.Request, passed chan<- *gossh.Request, sizes chan tea.WindowSizeMsg) {
	defer close(passed)
	variables := 0
	for r := range requests {
		switch r.Type {
		case "window-change":
			var to struct{ Columns, Rows, Width, Height uint32 }
			if gossh.Unmarshal(r.Payload, &to) == nil && to.Columns > 0 && to.Rows > 0 {
				select {
				case <-sizes:
				default:
				}
				sizes <- tea.WindowSizeMsg{Width: int(min(to.Columns, widest)), Height: int(min(to.Rows, highest))}
			}
			r.Reply(true, nil)
			continue
		case "env":
			variables++
			if variables > mostEnvironment || len(r.Payload) > 1<<10 {
				r.Reply(false, nil)
				continue
			}
		case "signal", "break":
			r.Reply(false, nil)
			continue
		}
		passed <- r
	}
}
