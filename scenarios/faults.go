package scenarios

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"chordscope/node/observe"
	"chordscope/node/ring"
)

// This file has the commands that spoil the links between peers.

// linksPayload is the JSON result of a command on links.
type linksPayload struct {
	Links []linkPayload `json:"links"`
}

type linkPayload struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// links is what a line says about links: from whom to whom, and whether back
// as well.
type links struct {
	from, to selector
	both     bool
}

const someLink = "-> or <-> and another peer"

// links requires peers, an arrow and peers.
func (p *parser) links() links {
	first := p.peek()
	l := links{from: p.selector(livePool)}
	switch t := p.next(); {
	case t.kind == symbol && t.text == "->":
	case t.kind == symbol && t.text == "<->":
		l.both = true
	default:
		p.errorf(t, "expected %s, found %s", someLink, t.found())
	}
	second := p.peek()
	l.to = p.selector(livePool)
	if second.text == first.text && strings.HasPrefix(first.text, "N") {
		p.fault(second, "%s is named twice", second.text)
	}
	return l
}

// link is the way from one peer to another.
type link struct{ from, to ring.ID }

// choose resolves links into pairs of different peers, each way for itself.
func (l links) choose(r *Runner) ([]link, error) {
	from, err := r.choose([]selector{l.from})
	if err != nil {
		return nil, err
	}
	to, err := r.chooseAmong([]selector{l.to}, from)
	if err != nil {
		return nil, err
	}
	senders := from // those who are told of a fault
	if l.both {
		senders = slices.Concat(from, to)
	}
	if err := requireAwake(senders, r.sys.Picture()); err != nil {
		return nil, err
	}
	var out []link
	for _, a := range from {
		for _, b := range to {
			out = append(out, link{a, b})
			if l.both {
				out = append(out, link{b, a})
			}
		}
	}
	return out, nil
}

func parseCut(p *parser) action {
	l := p.links()
	return spoil(p.toks[0].text, l, func(f *observe.LinkFault) { f.Cut = true }, "nothing gets through")
}

// maxDelay is the longest a message may be held up, delay and jitter each.
const maxDelay = time.Minute

func parseDelay(p *parser) action {
	l := p.links()
	delay := p.delay()
	told := fmt.Sprintf("every message comes %v later", delay)
	jitter := time.Duration(0)
	if p.accept("jitter") {
		jitter = p.delay()
		told = fmt.Sprintf("every message comes %v to %v later", delay, delay+jitter)
	}
	return spoil(p.toks[0].text, l, func(f *observe.LinkFault) { f.Delay, f.Jitter = delay, jitter }, told)
}

func (p *parser) delay() time.Duration {
	t := p.peek()
	d := p.duration()
	if d > maxDelay {
		p.errorf(t, "expected a delay up to 1m, found %s", t.found())
	}
	return d
}

func parseDrop(p *parser) action {
	l := p.links()
	share := p.percent()
	return spoil(p.toks[0].text, l, func(f *observe.LinkFault) { f.Stall = float64(share) / 100 },
		fmt.Sprintf("%d%% of the messages are lost, and come again 200ms later", share))
}

// percent requires a share such as 30%.
func (p *parser) percent() uint64 {
	t := p.word("a share such as 30%")
	digits, ok := strings.CutSuffix(t.text, "%")
	n, err := strconv.ParseUint(digits, 10, 8)
	if t.kind == word && (!ok || err != nil || n < 1 || n > 100) {
		p.errorf(t, "expected a share from 1%% to 100%%, found %s", t.found())
	}
	return n
}

// spoil sets a fault on links, in addition to what is wrong with them already.
func spoil(word string, l links, set func(*observe.LinkFault), told string) action {
	return func(ctx context.Context, r *Runner) (Result, error) {
		pairs, err := l.choose(r)
		if err != nil {
			return Result{}, err
		}
		res := describeLinks(pairs, r.sys.Picture())
		r.sys.Disturbed(word + " " + res.Text)
		res.Text += ": " + told
		return res, r.spoil(ctx, pairs, set)
	}
}

func (r *Runner) spoil(ctx context.Context, pairs []link, set func(*observe.LinkFault)) error {
	now := make(map[link]observe.LinkFault)
	for _, f := range r.sys.Picture().Faults {
		now[link{f.From, f.To}] = f.LinkFault
	}
	faults := make([]observe.Fault, len(pairs))
	for i, l := range pairs {
		f := now[l]
		set(&f)
		faults[i] = observe.Fault{From: l.from, To: l.to, LinkFault: f}
	}
	return r.sys.SetFaults(ctx, faults)
}

func parseReset(p *parser) action {
	l := p.links()
	l.both = true // a connection has no direction
	return func(ctx context.Context, r *Runner) (Result, error) {
		pairs, err := l.choose(r)
		if err != nil {
			return Result{}, err
		}
		res := describeLinks(pairs, r.sys.Picture())
		r.sys.Disturbed("reset " + res.Text)
		res.Text += ": the connection is reset"
		for i := 0; i < len(pairs); i += 2 { // each way comes right before the way back
			if err := r.sys.Reset(ctx, pairs[i].from, pairs[i].to); err != nil {
				return Result{}, err
			}
		}
		return res, nil
	}
}

// describeLinks begins a result with the links that it is about.
func describeLinks(pairs []link, pic *observe.Picture) Result {
	var res Result
	pay := linksPayload{}
	var words []string
	seen := make(map[string]bool)
	for i, l := range pairs {
		from, to := nameOf(l.from, pic), nameOf(l.to, pic)
		pay.Links = append(pay.Links, linkPayload{from, to})
		for _, name := range []string{from, to} {
			if !seen[name] {
				res.Peers = append(res.Peers, name)
			}
			seen[name] = true
		}
		switch back := (link{l.to, l.from}); {
		case i > 0 && pairs[i-1] == back: // told with it
		case i+1 < len(pairs) && pairs[i+1] == back:
			words = append(words, from+" <-> "+to)
		default:
			words = append(words, from+" -> "+to)
		}
	}
	res.Payload = pay
	res.Text = firstOf(maxLinks, words, ", ")
	return res
}

// maxLinks is how many links a sentence names.
const maxLinks = 4
