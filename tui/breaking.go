package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
)

// breaking is one thing that the fault menu offers: a line of the scenario
// language about the selected peer.
type breaking struct {
	key, words string
	// line is the line that it stands for now, or "" if it makes no sense now.
	line func(m *Model) string
	how  asking
}

// asking says what stands between choosing a line and running it.
type asking uint8

const (
	asksNothing asking = iota // it repairs
	asksOnce
	asksLine // the line can be edited in the palette
)

// breakings lists what the menu offers: first what breaks, then what repairs.
func breakings() []breaking {
	return []breaking{
		{"z", "freeze it: no answers any more", (*Model).freezeLine, asksOnce},
		{"x", "crash it", func(m *Model) string { return m.about("kill") }, asksOnce},
		{"c", "cut a link (-> is one way)", func(m *Model) string { return m.linkLine("cut", "") }, asksLine},
		{"d", "delay a link", func(m *Model) string { return m.linkLine("delay", " 200ms") }, asksLine},
		{"o", "a lossy link", func(m *Model) string { return m.linkLine("drop", " 30%") }, asksLine},
		{"e", "reset a link's connections", func(m *Model) string { return m.linkLine("reset", "") }, asksLine},
		{"p", "partition the ring", (*Model).partitionLine, asksLine},
		{"f", "poison a finger", (*Model).poisonFinger, asksLine},
		{"s", "poison the successor", (*Model).poisonSuccessor, asksLine},
		{"u", "churn, so many a minute", func(*Model) string { return "churn 30s join=20 leave=10 kill=10" }, asksLine},
		{"g", "take the registry down", registryLine(false), asksOnce},
		{"g", "bring the registry up", registryLine(true), asksNothing},
		{"t", "thaw the peer", (*Model).thawLine, asksNothing},
		{"R", "restart a crashed peer", (*Model).restartLine, asksNothing},
		{"h", "heal all links", func(*Model) string { return "heal" }, asksNothing},
		{"m", "merge rings that split", func(*Model) string { return "merge" }, asksNothing},
	}
}

// victim is whom the menu is about: the selected peer, or, if that one is gone,
// the next one that is there; nil if nobody is.
func (m *Model) victim() *observe.Peer { return m.nextThatIs(observe.State.Present) }

// about is a command on the peer that the menu is about.
func (m *Model) about(command string) string {
	if p := m.victim(); p != nil {
		return command + " " + p.Name
	}
	return ""
}

func (m *Model) freezeLine() string {
	if p := m.victim(); p != nil && p.Frozen {
		return ""
	}
	return m.about("freeze")
}

// thawLine thaws that peer, or all if it is not frozen but others are.
func (m *Model) thawLine() string {
	if p := m.victim(); p != nil && p.Frozen {
		return m.about("thaw")
	}
	if len(frozen(m.pic)) > 0 {
		return "thaw all"
	}
	return ""
}

// restartLine restarts the selected peer if it has crashed, or else the one
// that crashed last.
func (m *Model) restartLine() string {
	if p := m.selected(); p != nil && p.State == observe.StateDead {
		return "restart " + p.Name
	}
	if n := len(m.crashed); n > 0 {
		return "restart " + m.crashed[n-1]
	}
	return ""
}

func registryLine(up bool) func(*Model) string {
	return func(m *Model) string {
		if m.pic.Registry.Addr == "" || m.pic.Registry.Up == up {
			return ""
		}
		if up {
			return "registry up"
		}
		return "registry down"
	}
}

// others returns up to n members, those that follow the victim on the circle.
// It returns none if the victim could not be told anything.
func (m *Model) others(n int) []*observe.Peer {
	p := m.victim()
	if p == nil || p.Frozen {
		return nil
	}
	at, _ := m.find(p.ID)
	var list []*observe.Peer
	for k := 1; k < len(m.pic.Peers) && len(list) < n; k++ {
		if q := &m.pic.Peers[(at+k)%len(m.pic.Peers)]; q.State.Live() {
			list = append(list, q)
		}
	}
	return list
}

// linkLine is a command on the link between the victim and the next one.
func (m *Model) linkLine(command, rest string) string {
	next := m.others(1)
	if len(next) == 0 {
		return ""
	}
	return fmt.Sprintf("%s %s <-> %s%s", command, m.victim().Name, next[0].Name, rest)
}

// mostNamed is how many peers a proposed partition names.
const mostNamed = 8

// partitionLine parts the peers from the victim on, half of the ring, from
// the others.
func (m *Model) partitionLine() string {
	next := m.others(m.pic.Health.Live - 1)
	if len(next) == 0 {
		return ""
	}
	names := []string{m.victim().Name}
	for _, p := range next[:min((len(next)+1)/2, mostNamed)-1] {
		names = append(names, p.Name)
	}
	return "partition " + strings.Join(names, " ") + " | rest"
}

// poisonFinger points the longest finger at a peer next to its owner.
func (m *Model) poisonFinger() string {
	p := m.victim()
	next := m.others(2)
	if len(next) == 0 || len(p.Fingers) == 0 {
		return ""
	}
	last := p.Fingers[len(p.Fingers)-1]
	to := next[0]
	if to.ID == last.ID && len(next) > 1 {
		to = next[1]
	}
	index := last.Index
	if m.zeroBased {
		index--
	}
	return fmt.Sprintf("poison %s.finger[%d] = %s", p.Name, index, to.Name)
}

// poisonSuccessor has the victim skip its successor.
func (m *Model) poisonSuccessor() string {
	next := m.others(2)
	if len(next) < 2 {
		return ""
	}
	return fmt.Sprintf("poison %s.successor = %s", m.victim().Name, next[1].Name)
}

// breakBy does what a key of the menu stands for, asking first as it should.
func (m *Model) breakBy(key string) tea.Cmd {
	list := breakings()
	i := slices.IndexFunc(list, func(b breaking) bool { return b.key == key && b.line(m) != "" })
	if i < 0 {
		return nil
	}
	line := list[i].line(m)
	switch list[i].how {
	case asksOnce:
		m.askOnce(line, key)
	case asksLine:
		m.openPalette(line)
	default:
		return m.run(line)
	}
	return nil
}

// consequences tell what comes of a command that asks once, with the mark of the
// state that a peer is in then.
var consequences = map[string]struct {
	mark
	text string
}{
	"kill":     {stateMarks[observe.StateDead], "It crashes and tells nobody."},
	"leave":    {stateMarks[observe.StateLeaving], "It says goodbye and hands over its keys."},
	"freeze":   {frozenMark, "Its sockets stay open, but it answers nothing."},
	"registry": {levelMarks[observe.Warning], "Peers on the ring go on, but nobody new finds it."},
}

// toggleFreeze thaws the selected peer, or asks whether to freeze it.
func (m *Model) toggleFreeze() tea.Cmd {
	if p := m.selected(); p != nil && p.Frozen {
		return m.breakBy("t")
	}
	return m.askAbout("freeze", "z")
}

func (m *Model) restart() tea.Cmd {
	if m.restartLine() == "" {
		return m.say(observe.Warning, "no peer has crashed")
	}
	return m.breakBy("R")
}

// breakKeys let peers come and go, break the ring and repair it.
func breakKeys() []binding {
	return []binding{
		{keys: []string{"a"}, show: "a", short: "add", help: "add a peer", command: "join 1", act: func(m *Model) tea.Cmd { return m.run("join 1") }},
		{keys: []string{"l"}, show: "l", help: "let the peer leave gracefully (asks once)", command: "leave N8", act: (*Model).askLeave},
		{keys: []string{"x"}, show: "x", help: "crash the peer (asks once)", command: "kill N8", act: (*Model).askKill},
		{keys: []string{"z"}, show: "z", help: "freeze the peer (asks once), or thaw it", command: "freeze N8", act: (*Model).toggleFreeze},
		{keys: []string{"F"}, show: "F", short: "break it", help: "more ways to break the ring, and to repair it", command: "cut N8 <-> N14", act: func(m *Model) tea.Cmd { m.dialog = &faultMenu{}; return nil }},
		{keys: []string{"h"}, show: "h", short: "heal", when: func(m *Model) bool { return len(m.pic.Faults) > 0 }, help: "heal all links", command: "heal", act: func(m *Model) tea.Cmd { return m.run("heal") }},
		{keys: []string{"R"}, show: "R", help: "restart the peer that crashed last", command: "restart N8", act: (*Model).restart},
	}
}

func (m *Model) askKill() tea.Cmd { return m.askAbout("kill", "x") }

func (m *Model) askLeave() tea.Cmd { return m.askAbout("leave", "l") }

// askAbout opens a question about a command on the selected peer, or on the next
// one if that one is gone: the question names it.
func (m *Model) askAbout(command, key string) tea.Cmd {
	p := m.selectNext(observe.State.Present)
	if p == nil {
		return m.say(observe.Warning, "no peer is alive; a adds one")
	}
	m.askOnce(command+" "+p.Name, key)
	return nil
}

// askOnce opens a question that the key, pressed again, agrees to.
func (m *Model) askOnce(line, key string) {
	command, object, _ := strings.Cut(line, " ")
	verb := command
	if command == "registry" {
		verb = object // down
	}
	about := consequences[command]
	m.dialog = &confirm{
		mark: about.mark, question: line + "? " + about.text,
		verb: verb,
		yes:  []string{key, "y", "enter"},
		act:  func(m *Model) tea.Cmd { return m.run(line) },
	}
}
