package chord

import (
	"cmp"
	"fmt"
	"time"

	"chordscope/node/store"
)

// accessPatience is how long, in time-outs, a put, get or delete is tried
// before it fails: long enough for the ring to notice a silent owner.
const accessPatience = 12

// access is a put, get or delete under way at the peer that was asked for it.
type access struct {
	Access
	request Body
	started time.Duration
	tries   int
	why     string // it has failed until now
	over    bool
}

func (p *Peer) put(in Put) {
	a := &access{Access: Access{Token: in.Token, Op: OpPut, Key: in.Key}}
	a.request = Write{Key: in.Key, Value: in.Value, Tag: p.tag()}
	if len(in.Value) > store.MaxValue {
		p.accessFailed(a, CodeTooLarge, fmt.Sprintf("a value of %d bytes: at most %d are allowed", len(in.Value), store.MaxValue))
		return
	}
	p.startAccess(a)
}

func (p *Peer) get(in Get) {
	p.startAccess(&access{Access: Access{Token: in.Token, Op: OpGet, Key: in.Key}, request: Read{Key: in.Key}})
}

func (p *Peer) delete(in Delete) {
	p.startAccess(&access{
		Access: Access{Token: in.Token, Op: OpDelete, Key: in.Key}, request: Write{Key: in.Key, Delete: true, Tag: p.tag()},
	})
}

// tag makes a number that tells this request from all others.
func (p *Peer) tag() uint64 { return p.rng.Uint64() | 1 }

func (p *Peer) startAccess(a *access) {
	a.started = p.now
	switch err := a.Key.Check(p.space); {
	case err != nil:
		p.accessFailed(a, CodeTooLarge, err.Error())
	case p.status != StatusMember:
		p.accessFailed(a, CodeNotMember, "the peer is not a member of the ring")
	default:
		p.after(accessPatience*p.strained(p.cfg.Timeout), func() { p.accessFailed(a, CodeUnavailable, cmp.Or(a.why, "no answer in time")) })
		p.tryAccess(a)
	}
}

// tryAccess looks the owner up and gives it the request, which takes the place
// of asking it whether it owns the key.
func (p *Peer) tryAccess(a *access) {
	if a.over {
		return
	}
	p.startSearch(&search{key: a.Key.ID, request: a.request, purpose: a.Op.String(), name: a.Key.Name, then: func(l Lookup) {
		if a.over {
			return
		}
		a.Lookup = l
		switch reply := l.reply.(type) {
		case Datum:
			p.accessed(a, reply)
		case Refusal:
			p.retryAccess(a, reply.Code, reply.Detail)
		default:
			p.retryAccess(a, CodeNoOwner, l.Failed)
		}
	}})
}

func (p *Peer) accessed(a *access, d Datum) {
	a.Found = d.Existed
	a.Version, a.Copies = d.Item.Version, d.Copies
	if a.Op == OpGet {
		a.Found = !d.Item.Version.IsZero() && !d.Item.Deleted
		a.Value = d.Item.Value
	}
	p.accessOver(a)
}

// retryAccess starts over shortly: the ring is being repaired, or the keys are
// under way to another owner.
func (p *Peer) retryAccess(a *access, code Code, why string) {
	a.why = why
	if p.status != StatusMember {
		p.accessFailed(a, code, why)
		return
	}
	a.tries++
	p.after(p.cfg.Timeout/64<<min(a.tries, 5), func() { p.tryAccess(a) })
}

func (p *Peer) accessFailed(a *access, code Code, why string) {
	if a.over {
		return
	}
	a.Code, a.Failed = code, why
	p.accessOver(a)
}

func (p *Peer) accessOver(a *access) {
	a.over = true
	a.Took = p.now - a.started
	a.Lookup.reply = nil
	p.fx.Accesses = append(p.fx.Accesses, a.Access)
}
