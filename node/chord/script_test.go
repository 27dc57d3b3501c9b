package chord

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"chordscope/node/ring"
)

var update = flag.Bool("update", false, "rewrite the expected outputs in testdata from what the peer does now; read the difference before you keep it")

// TestScripts runs one peer through each file of testdata. A file is a list of
// blocks: comments, one command, a line of dashes, and all that the peer does
// in answer to it. A peer of the other side is written N30; N30/2 is its
// second incarnation, N30@x a peer with that identifier at another address.
//
//	peer N10 [bits=6] [r=3] [stabilize=1h] [check=1h] [original] [merge=off]
//	create | join N1... | leave | known N1... | pause | resume | wait 500ms
//	find K54 [recursive] | run stabilize | lost N30 [refused]
//	state pred=N1 list=[N2 N3] fingers=[2-3:N8 4:N21]   make it a member with this table
//	N30 #7 notify           N30 sends request 7
//	N30: ack                N30 answers the oldest of our requests to it that is open
//	N30 =2 ack              N30 answers our request 2, open or not
//	N30 hint N20            N30 sends a message without an answer
//	show                    the routing table
//
// What the peer sends is written in the same way with an arrow:
// "-> N30 #1 notify". Intervals are so long that nothing happens by the clock
// unless a script waits for it.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) { runScript(t, f) })
	}
}

const rule = "----"

func runScript(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sc := &script{}
	var rewritten []string
	line := 1
	for block := range strings.SplitSeq(strings.TrimRight(string(data), "\n"), "\n\n") {
		head, want, _ := strings.Cut(block+"\n", rule+"\n")
		var command string
		for l := range strings.SplitSeq(strings.TrimRight(head, "\n"), "\n") {
			if !strings.HasPrefix(l, "#") {
				command = l
			}
		}
		if command == "" { // a block of comments only
			rewritten = append(rewritten, block)
			line += strings.Count(block, "\n") + 2
			continue
		}
		got, err := sc.do(command)
		if err != nil {
			t.Errorf("%s:%d: %s: %v", file, line, command, err)
		}
		if got != want && !*update {
			t.Errorf("%s:%d: %s\ngot:\n%swant:\n%s", file, line, command, got, want)
		}
		rewritten = append(rewritten, strings.TrimRight(head+rule+"\n"+got, "\n"))
		line += strings.Count(block, "\n") + 2
	}
	if *update {
		if err := os.WriteFile(file, []byte(strings.Join(rewritten, "\n\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// script is the peer under test and its clock.
type script struct {
	p   *Peer
	now time.Duration
	out strings.Builder
}

// do carries out one command and returns what came of it, a line each.
func (sc *script) do(command string) (string, error) {
	sc.out.Reset()
	words := strings.Fields(strings.NewReplacer("[", " [ ", "]", " ] ").Replace(command))
	err := sc.command(words[0], words[1:])
	return sc.out.String(), err
}

func (sc *script) command(verb string, args []string) (err error) {
	defer func() {
		if bad, ok := recover().(scriptError); ok {
			err = bad
		}
	}()
	switch verb {
	case "peer":
		return sc.newPeer(args)
	case "create":
		sc.step(Create{})
	case "join":
		sc.step(Join{Seeds: parseRefs(args)})
	case "leave":
		sc.step(Leave{})
	case "known":
		sc.step(Known{Peers: parseRefs(args)})
	case "pause":
		sc.step(Pause{})
	case "resume":
		sc.step(Resume{})
	case "lost":
		sc.step(Lost{Addr: parseRef(args[0]).Addr, Refused: len(args) > 1})
	case "find":
		sc.step(Find{Token: 1, Key: parseKey(args[0]), Recursive: len(args) > 1})
	case "run":
		sc.step(Run{Task: parseTask(strings.Join(args, " "))})
	case "poison":
		sc.poison(args)
	case "wait":
		d, err := time.ParseDuration(args[0])
		if err != nil {
			return err
		}
		sc.wait(d)
	case "state":
		sc.setState(args)
	case "show":
		sc.show()
	default:
		if from, ok := strings.CutSuffix(verb, ":"); ok {
			return sc.answer(from, args)
		}
		sc.step(parseMessage(verb, args))
	}
	return nil
}

func (sc *script) newPeer(args []string) error {
	self := parseRef(args[0])
	bits := 6
	cfg := Config{
		Successors: 3, Stabilize: time.Hour, Fix: time.Hour, Check: time.Hour, Timeout: 500 * time.Millisecond,
		Replicas: 1, Repair: time.Hour, Grace: time.Hour, Merge: true, Seed: 1,
	}
	for _, a := range args[1:] {
		var err error
		switch k, v, _ := strings.Cut(a, "="); k {
		case "bits":
			_, err = fmt.Sscan(v, &bits)
		case "r":
			_, err = fmt.Sscan(v, &cfg.Successors)
		case "stabilize":
			cfg.Stabilize, err = time.ParseDuration(v)
		case "check":
			cfg.Check, err = time.ParseDuration(v)
		case "original":
			cfg.Original = true
		case "merge":
			cfg.Merge = v == "on"
		default:
			err = fmt.Errorf("unknown setting %s", a)
		}
		if err != nil {
			return err
		}
	}
	cfg.Self, cfg.Space = self, ring.MustSpace(bits)
	p, err := New(cfg)
	sc.p, sc.now = p, time.Hour // what was never done was long ago
	if err == nil {
		p.data.repairing = true // the scripts are about the ring: repair never gets its turn
	}
	return err
}

// poison overwrites a pointer: "successor N14", or the number of a finger.
func (sc *script) poison(args []string) {
	in := Poison{Peer: parseRef(args[1])}
	if args[0] != "successor" {
		fmt.Sscan(args[0], &in.Index)
	}
	sc.step(in)
}

// setState loads a routing table, as if the peer had been a member for long.
func (sc *script) setState(args []string) {
	f := fields(args)
	p := sc.p
	p.now = sc.now
	load(p, parseRef(f["pred"]), parseRefs(strings.Fields(f["list"])), nil)
	for _, e := range strings.Fields(f["fingers"]) {
		var from, to int
		span, name, _ := strings.Cut(e, ":")
		if n, _ := fmt.Sscanf(span, "%d-%d", &from, &to); n == 1 {
			to = from
		}
		for i := from; i <= to; i++ {
			p.fingers[i-1] = parseRef(name)
		}
	}
	p.startTasks()
}

// load makes p a member with the given pointers.
func load(p *Peer, pred Ref, succs, fingers []Ref) {
	p.status, p.pred, p.succs = StatusMember, pred, succs
	p.data.settled, p.data.from = true, pred.ID
	copy(p.fingers, fingers)
}

func (sc *script) answer(from string, words []string) error {
	r := parseRef(from)
	open := sc.p.callsTo(r.Addr)
	if len(open) == 0 {
		return fmt.Errorf("nothing was asked of %s, or it has timed out", from)
	}
	sc.step(Receive{From: r, Answer: open[0], Body: parseBody(words[0], words[1:])})
	return nil
}

func (sc *script) step(in Input) { sc.print(sc.p.Step(sc.now, in)) }

// wait lets time pass, waking the peer whenever it asked for it.
func (sc *script) wait(d time.Duration) {
	end := sc.now + d
	for at := sc.p.nextWake(); at != 0 && at <= end; {
		sc.now = at
		fx := sc.p.Step(sc.now, Wake{})
		sc.print(fx)
		at = fx.WakeAt
	}
	sc.now = end
}
