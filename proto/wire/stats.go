package wire

import "sync/atomic"

// Stats are totals of one hub or client since it was made, but for Links.
type Stats struct {
	Links                   int    // open now, retired ones included
	MessagesOut, MessagesIn uint64 // messages queued for and read from links
	BytesOut, BytesIn       uint64 // of frames and their lengths, without hellos
}

type counters struct {
	messagesOut, messagesIn atomic.Uint64
	bytesOut, bytesIn       atomic.Uint64
	links                   atomic.Int64
}

func (c *counters) stats() Stats {
	return Stats{
		Links:       int(c.links.Load()),
		MessagesOut: c.messagesOut.Load(), MessagesIn: c.messagesIn.Load(),
		BytesOut: c.bytesOut.Load(), BytesIn: c.bytesIn.Load(),
	}
}
