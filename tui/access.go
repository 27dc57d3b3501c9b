package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"chordscope/node/observe"
	"chordscope/scenarios"
	"chordscope/tui/draw"
)

// askKey asks for a key to look up.
func (m *Model) askKey() tea.Cmd { return m.askAccess("lookup", "look up", draw.Accent) }

// askGet asks for the key of a value.
func (m *Model) askGet() tea.Cmd { return m.askAccess("get", "get", draw.Accent) }

// askPut asks for a key and its value.
func (m *Model) askPut() tea.Cmd {
	return m.askAccess("put", "put", draw.Accent, field{name: "value", hint: "any text", optional: true})
}

// askDelete asks for a key to delete.
func (m *Model) askDelete() tea.Cmd { return m.askAccess("delete", "delete", draw.Bad) }

// askAccess asks for a key, and for a value if there is a field for it, and
// then runs the command with them through the selected peer.
func (m *Model) askAccess(command, label string, ink draw.Ink, value ...field) tea.Cmd {
	p := m.selectNext(observe.State.Live)
	if p == nil {
		return m.say(observe.Warning, "no peer is a member of the ring: a "+command+" starts at one")
	}
	from := p.Name
	key := field{name: "key", hint: "K54 or any text", text: []rune(m.lastKey), preset: m.lastKey != ""}
	m.dialog = &prompt{
		label: label + " from " + from + ": ", ink: ink,
		fields: append([]field{key}, value...),
		enter: func(m *Model, texts []string) tea.Cmd {
			m.lastKey = texts[0]
			words := []string{command, m.keyWord(texts[0])}
			for _, v := range texts[1:] {
				words = append(words, scenarios.Quote(v))
			}
			return m.run(strings.Join(append(words, "from", from), " "))
		},
	}
	return nil
}

// keyWord writes what somebody typed for a key as the scenario language has
// it: K54 is an identifier, and anything else a name, as is "K54" in quotes.
func (m *Model) keyWord(text string) string {
	if digits, ok := cutKey(text); ok {
		if _, err := m.pic.Space.Parse(digits); err == nil {
			return "K" + digits
		}
	}
	if n := len(text); n > 2 && text[0] == '"' && text[n-1] == '"' {
		text = text[1 : n-1]
	}
	return scenarios.Quote(text)
}

// cutKey returns what follows the K of a key such as K54.
func cutKey(text string) (digits string, ok bool) {
	if len(text) < 2 || text[0] != 'K' && text[0] != 'k' {
		return "", false
	}
	return text[1:], true
}

// accessKeys ask the ring for keys and their owners.
func accessKeys() []binding {
	return []binding{
		{keys: []string{"/"}, show: "/", short: "lookup", help: "look up a key, K54 or any text", command: `lookup "apple" from N8`, act: (*Model).askKey},
		{keys: []string{"E"}, show: "E", help: "show the last lookup's way again", act: (*Model).again},
		{keys: []string{"p"}, show: "p", help: "put a value under a key", command: `put "apple" "red" from N8`, act: (*Model).askPut},
		{keys: []string{"g"}, show: "g", help: "get the value of a key", command: `get "apple" from N8`, act: (*Model).askGet},
		{keys: []string{"d"}, show: "d", help: "delete a key (asks for it)", command: `delete "apple" from N8`, act: (*Model).askDelete},
		{keys: []string{"o"}, show: "o", help: "load 50 keys with a value each", command: "load 50 keys", act: func(m *Model) tea.Cmd { return m.run("load 50 keys") }},
	}
}
