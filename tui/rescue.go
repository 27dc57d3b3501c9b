package tui

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	tea "charm.land/bubbletea/v2"
)

// rescue keeps a panic on one screen over ssh from everybody else's: the screen
// ends, and nothing is written to the terminal of whoever started the ring. Bubble
// Tea would write the stack there, and a panic elsewhere would end the process.
type rescue struct {
	end context.CancelFunc // of the screen

	mu    sync.Mutex
	why   string
	stack []byte
}

// catch is deferred by everything that works for the screen.
func (r *rescue) catch() {
	why := recover()
	if why == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.why == "" { // what comes later may come of it
		r.why, r.stack = fmt.Sprint(why), debug.Stack()
	}
	r.end()
}

// failed returns what went wrong, and where; "" if nothing did.
func (r *rescue) failed() (why string, stack []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.why, r.stack
}

// rescued is a model whose panics are caught.
type rescued struct {
	tea.Model
	rescue *rescue
}

// Init is that of the model; see tea.Model.
func (m rescued) Init() (cmd tea.Cmd) {
	defer m.rescue.catch()
	return m.rescue.command(m.Model.Init())
}

// Update is that of the model; see tea.Model.
func (m rescued) Update(msg tea.Msg) (same tea.Model, cmd tea.Cmd) {
	same = m // also after a panic
	defer m.rescue.catch()
	_, cmd = m.Model.Update(msg) // which is the same model
	return m, m.rescue.command(cmd)
}

// View is that of the model; see tea.Model.
func (m rescued) View() (v tea.View) {
	defer m.rescue.catch()
	return m.Model.View()
}

// command catches what panics in a command, and in those that it stands for.
func (r *rescue) command(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer r.catch()
		msg = cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i := range batch {
				batch[i] = r.command(batch[i])
			}
		}
		return msg
	}
}
