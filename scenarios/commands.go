package scenarios

import (
	"context"
	"fmt"
	"time"
)

// action carries a parsed line out. An error means that it could not be
// carried out; a claim that does not hold is a Result.
type action func(ctx context.Context, r *Runner) (Result, error)

// command is one entry of the language: adding a command is adding one here.
type command struct {
	name    string
	group   string
	usage   string
	example string
	help    string // one sentence
	starts  bool   // needs a ring, so that the ring's settings are fixed from here on
	claim   bool   // a run can fail on it
	files   bool   // reads or writes files, which is for people at this machine
	parse   func(p *parser) action
}

// commands are in the order of the help text.
var commands = []command{
	{
		name: "title", group: "frame", usage: `title "TEXT"`, example: `title "Lookup on the paper's ring"`,
		help: "Says what the scenario is about.", parse: parseTitle,
	}, {
		name: "set", group: "frame", usage: "set NAME=VALUE ...", example: "set bits=6 successors=3 stabilize=200ms",
		help: "Changes settings; those of the ring only before the first line that needs one.", parse: parseSet,
	}, {
		name: "chapter", group: "frame", usage: `chapter "TEXT"`, example: `chapter "A crash"`,
		help: "Begins a new part; the count of messages begins anew.", parse: parseChapter,
	}, {
		name: "include", group: "frame", usage: "include FILE", example: "include paper-small", files: true,
		help: "Puts all lines of another file here, but its title: one beside this file, or a shipped scenario. Not from a screen over ssh.", parse: parseInclude,
	}, {
		name: "join", group: "members", usage: "join N8 N14 ... [via PEER] | join NUMBER", example: "join N8 N14 via N1", starts: true,
		help: "Adds peers at the same time: those named, or so many whose identifiers are the hash of their address.", parse: parseJoin,
	}, {
		name: "leave", group: "members", usage: "leave PEER ...", example: "leave N8 N14", starts: true,
		help: "Lets peers say goodbye and go.", parse: parseLeave,
	}, {
		name: "kill", group: "members", usage: "kill PEER ...", example: "kill N8 random 2", starts: true,
		help: "Crashes peers at one moment, without a word.", parse: parseKill,
	}, {
		name: "freeze", group: "members", usage: "freeze PEER ...", example: "freeze N8", starts: true,
		help: "Stops peers with their connections open: they answer nothing.", parse: parseFreeze,
	}, {
		name: "thaw", group: "members", usage: "thaw PEER ...", example: "thaw N8", starts: true,
		help: "Lets frozen peers go on.", parse: parseThaw,
	}, {
		name: "restart", group: "members", usage: "restart PEER ...", example: "restart N8", starts: true,
		help: "Starts crashed peers again on their old port with their old identifier, and with nothing remembered.", parse: parseRestart,
	}, {
		name: "churn", group: "members", usage: "churn DURATION [join=NUMBER] [leave=NUMBER] [kill=NUMBER]", example: "churn 60s join=6 leave=2 kill=2", starts: true,
		help: "Lets peers come and go at random, so many a minute of each kind; two peers always stay.", parse: parseChurn,
	}, {
		name: "lookup", group: "keys", usage: "lookup KEY from PEER [recursive]", example: "lookup K54 from N8", starts: true,
		help: "Asks a peer who owns a key.", parse: parseLookup,
	}, {
		name: "put", group: "keys", usage: `put KEY "VALUE" [from PEER]`, example: `put "apple" "red" from N8`, starts: true,
		help: "Stores a value under a key at its owner and as many copies as replicas says, through a peer (a random one where nothing is said).", parse: parsePut,
	}, {
		name: "get", group: "keys", usage: "get KEY [from PEER]", example: `get "apple" from N8`, starts: true,
		help: "Asks the owner of a key for its value.", parse: parseGet,
	}, {
		name: "delete", group: "keys", usage: "delete KEY [from PEER]", example: `delete "apple"`, starts: true,
		help: "Removes the value of a key from all who hold it.", parse: parseDelete,
	}, {
		name: "load", group: "keys", usage: "load NUMBER keys", example: "load 200 keys", starts: true,
		help: `Puts so many new keys, "key-1" and so on, each through a random peer.`, parse: parseLoad,
	}, {
		name: "partition", group: "faults", usage: "partition PEER ... | PEER ... | rest", example: "partition N1 N8 | N14 N21 | rest", starts: true,
		help: "Cuts all links between groups of peers; who joins later is in no group, and faults add up until heal.", parse: parsePartition,
	}, {
		name: "cut", group: "faults", usage: "cut PEER -> PEER", example: "cut N8 <-> N42", starts: true,
		help: "Lets nothing through from one peer to another, or with <-> both ways; the connection stays open.", parse: parseCut,
	}, {
		name: "delay", group: "faults", usage: "delay PEER -> PEER DURATION [jitter DURATION]", example: "delay N8 -> N42 200ms jitter 50ms", starts: true,
		help: "Makes every message come later, by a random part of jitter more.", parse: parseDelay,
	}, {
		name: "drop", group: "faults", usage: "drop PEER -> PEER SHARE%", example: "drop N8 -> N42 30%", starts: true,
		help: "Loses this share of the messages; since TCP sends again, they and all behind them come 200ms later.", parse: parseDrop,
	}, {
		name: "reset", group: "faults", usage: "reset PEER -> PEER", example: "reset N8 -> N42", starts: true,
		help: "Breaks the connection between two peers; what is under way is lost.", parse: parseReset,
	}, {
		name: "poison", group: "faults", usage: "poison PEER.finger[NUMBER] = PEER | poison PEER.successor = PEER", example: "poison N8.finger[6] = N14", starts: true,
		help: "Makes a pointer wrong; with successor the whole successor list becomes this one peer.", parse: parsePoison,
	}, {
		name: "heal", group: "faults", usage: "heal", example: "heal", starts: true,
		help: "Ends all faults of links.", parse: parseHeal,
	}, {
		name: "merge", group: "faults", usage: "merge", example: "merge", starts: true,
		help: "Lets every peer compare its place with others, so that split rings come together; needed only with merge=off.", parse: parseMerge,
	}, {
		name: "registry", group: "faults", usage: "registry down | registry up", example: "registry down", starts: true,
		help: "Stops the registry as a crash does, or starts it on its old port.", parse: parseRegistry,
	}, {
		name: "wait", group: "waiting", usage: "wait until [not] CONDITION [within DURATION]", example: "wait until stable within 20s", starts: true, claim: true,
		help: "Goes on as soon as the condition holds, and fails if it does not hold in time (30s where nothing is said).", parse: parseWait,
	}, {
		name: "sleep", group: "waiting", usage: "sleep DURATION", example: "sleep 2s", starts: true,
		help: "Lets time pass, for drama; to wait for something, use wait.", parse: parseSleep,
	}, {
		name: "pause", group: "time", usage: "pause", example: "pause", starts: true,
		help: "Stops all maintenance, that of peers that join later included; peers still answer each other.", parse: parsePause,
	}, {
		name: "resume", group: "time", usage: "resume", example: "resume", starts: true,
		help: "Lets maintenance go on.", parse: parseResume,
	}, {
		name: "step", group: "time", usage: "step [stabilize|fix|check|repair] [PEER ...]", example: "step stabilize N8", starts: true,
		help: "Lets peers, one after the other, do one run of a task, and waits for its end: every peer where none is named, and where no task is, the first three. With protocol=original also reconcile and update.", parse: parseStep,
	}, {
		name: "speed", group: "time", usage: "speed FACTOR", example: "speed 1/4", starts: true,
		help: "Divides the intervals of all maintenance, from 1/64 to 64; 1 is as set.", parse: parseSpeed,
	}, {
		name: "trace", group: "time", usage: "trace on PEER ... | trace off PEER ...", example: "trace on N8", starts: true,
		help: "Lets peers tell of every message, and of every line of their procedures.", parse: parseTrace,
	}, {
		name: "expect", group: "claims", usage: "expect [not] CONDITION | expect eventually [not] CONDITION [within DURATION]", example: "expect owner K54 = N56", starts: true, claim: true,
		help: "Fails unless the condition holds now, does not hold now, or comes to hold in time.", parse: parseExpect,
	}, {
		name: "always", group: "claims", usage: "always [not] CONDITION", example: "always valid", starts: true, claim: true,
		help: "Fails if the condition does not hold now, at a change while the scenario waits or sleeps, or after any command from here to the end.", parse: parseAlways,
	}, {
		name: "say", group: "telling", usage: `say "TEXT"`, example: `say "N8 looks for K54. Which finger will it use?"`,
		help: "Shows a caption, which stays until the next.", parse: parseTelling,
	}, {
		name: "note", group: "telling", usage: `note "TEXT"`, example: `note "Ask for the interval first."`,
		help: "Tells the speaker something that the class does not see.", parse: parseTelling,
	}, {
		name: "focus", group: "telling", usage: "focus PEER", example: "focus N8", starts: true,
		help: "Turns the screen's attention to a peer.", parse: parseFocus,
	}, {
		name: "ask", group: "telling", usage: `ask "TEXT" = ANSWER | ask "TEXT" = CONDITION`, example: `ask "First hop from N8 to K54?" = hop K54 from N8 = N42`, starts: true, claim: true,
		help: "Asks the class, and fails if the answer is wrong. The answer is peers, keys, a number, a text, yes, no or none; or a condition, whose comparison may be left out. " +
			"Right before a lookup, an answer alone is about that lookup: one peer is the first hop or the owner, several are the path, a number is the hops.", parse: parseAsk,
	}, {
		name: "figure", group: "output", usage: "figure FILE.svg [focus PEER] [dark]", example: "figure ring.svg focus N8", starts: true, files: true,
		help: "Draws the ring with its keys and the last lookup, and the fingers of the peer in focus. Not from a screen over ssh.", parse: parseFigure,
	}, {
		name: "snapshot", group: "output", usage: "snapshot NAME", example: "snapshot before", starts: true,
		help: "Keeps what the ring is like, for the condition changed and the JSON report; run --snapshots DIR writes it to a file.", parse: parseSnapshot,
	},
}

func findCommand(t token) *command {
	for i := range commands {
		if t.is(commands[i].name) {
			return &commands[i]
		}
	}
	return nil
}

func commandNames() []string {
	names := make([]string, len(commands))
	for i, c := range commands {
		names[i] = c.name
	}
	return names
}

// tells is text, and notes it as what the line tells.
func (p *parser) tells() string {
	p.told = p.text()
	return p.told
}

// parseTelling is for the commands that only tell somebody something.
func parseTelling(p *parser) action {
	text := p.tells()
	return func(context.Context, *Runner) (Result, error) { return Result{Text: text}, nil }
}

func parseTitle(p *parser) action {
	text := p.tells()
	return func(_ context.Context, r *Runner) (Result, error) {
		r.title = text
		return Result{Text: text}, nil
	}
}

// TouchesFiles reports whether a line would read or write files of this
// machine. It should not be taken from people elsewhere.
func TouchesFiles(line string) bool {
	toks, _, _ := lex(line)
	if len(toks) == 0 {
		return false
	}
	c := findCommand(toks[0])
	return c != nil && c.files
}

func parseChapter(p *parser) action {
	text := p.tells()
	return func(_ context.Context, r *Runner) (Result, error) {
		r.chapterBegan = r.sys.Picture().Messages
		return Result{Text: text}, nil
	}
}

func parseFocus(p *parser) action {
	peer := p.onePeer()
	return func(_ context.Context, r *Runner) (Result, error) {
		ids, err := r.choose([]selector{peer})
		if err != nil {
			return Result{}, err
		}
		name := nameOf(ids[0], r.sys.Picture())
		r.focus = name
		return Result{Text: "look at " + name, Peers: []string{name}}, nil
	}
}

func parseSleep(p *parser) action {
	d := p.duration()
	return func(ctx context.Context, r *Runner) (Result, error) {
		began := r.sys.Now()
		err := r.sleep(ctx, d)
		if passed := r.sys.Now() - began; passed < d {
			return Result{Text: fmt.Sprintf("%v of %v pass", passed.Round(time.Millisecond), d)}, err
		}
		return Result{Text: d.String() + " pass"}, err
	}
}
