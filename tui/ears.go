package tui

// ears hear orders while the conductor's own goroutine is busy with a line, so
// that the line can be interrupted. The orders are carried out later, in turn.
//
// What they touch belongs to their goroutine from hear to deaf, and to whoever
// calls these before and after.
type ears struct {
	inbox    []order       // heard, and not yet carried out
	quit     chan struct{} // closed to end the hearing; nil: nobody hears
	ended    chan struct{}
	breakOff func() // ends the run of the script
	broken   bool   // by a jump, while a line ran
}

// hear puts orders into the inbox until deaf, and calls on for each, from another
// goroutine. As many may wait there as in the queue itself.
func (e *ears) hear(orders <-chan order, on func(order)) {
	e.quit, e.ended = make(chan struct{}), make(chan struct{})
	go func() {
		defer close(e.ended)
		for len(e.inbox) < orderQueue {
			select {
			case <-e.quit:
				return
			case o := <-orders:
				e.inbox = append(e.inbox, o)
				on(o)
			}
		}
	}()
}

// deaf ends the hearing, if there is one.
func (e *ears) deaf() {
	if e.quit != nil {
		close(e.quit)
		<-e.ended
		e.quit = nil
	}
}

// heard returns the order that has waited longest, if one waits.
func (e *ears) heard(orders <-chan order) (o order, waits bool) {
	if len(e.inbox) > 0 {
		o, e.inbox = e.inbox[0], e.inbox[1:]
		return o, true
	}
	select {
	case o = <-orders:
		return o, true
	default:
		return order{}, false
	}
}
