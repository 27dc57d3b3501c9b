package chord

// Maintenance by hand: one run of one task, which is how a paused peer is
// stepped through its procedures. A run is over when the procedure is and its
// notify was answered, so that what it changes at others has changed. What
// otherwise follows at once waits: a paused peer does nothing but that, and
// answer others.

// byHand is what was asked for with Run.
type byHand struct {
	wanted    [numTasks]int  // runs that have not begun
	running   [numTasks]bool // begun and not over
	notifying int            // notifies without an answer yet
	over      uint64         // runs that are over
}

// runTask asks for one run of a task, after what is under way in its slot.
func (p *Peer) runTask(t Task) {
	if p.status == StatusMember && t < numTasks {
		p.hand.wanted[t]++
	}
}

// runByHand begins the runs that were asked for and whose turn it is, and ends
// those that are over.
func (p *Peer) runByHand() {
	h := &p.hand
	for t := range numTasks {
		for p.status == StatusMember && (h.running[t] || h.wanted[t] > 0) && !*p.slot(t) {
			if h.running[t] {
				if h.notifying > 0 {
					break
				}
				h.running[t] = false
				h.over++
				p.fx.Changes.Ran = true
				continue
			}
			h.wanted[t]--
			h.running[t] = true
			p.event(Event{Kind: EvTask, Reason: t.String()})
			p.start(t)
		}
	}
}
