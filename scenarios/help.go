package scenarios

import (
	"fmt"
	"strings"
)

// Help returns the description of the whole language. It is made from the
// tables that the parser uses, so it is never behind them.
func Help() string {
	var b strings.Builder
	b.WriteString("A scenario is a text file with one command a line, named *.chord. # starts a comment.\n")
	group := ""
	for _, c := range commands {
		if c.group != group {
			group = c.group
			fmt.Fprintf(&b, "\n%s\n", strings.ToUpper(group))
		}
		entry(&b, c.usage, c.help, c.example)
	}
	b.WriteString("\nCONDITIONS\n")
	b.WriteString("  Numbers compare with = != < <= > >=, everything else with = and !=.\n")
	for _, c := range conditions {
		entry(&b, c.usage, c.help, c.example)
	}
	b.WriteString("\nPEERS\n")
	indent(&b, selectorHelp)
	b.WriteString("\nKEYS\n")
	indent(&b, keyHelp)
	b.WriteString("\nSETTINGS\n")
	for _, s := range settings {
		when := ""
		if s.ring {
			when = "; fixed once the ring is there"
		}
		fmt.Fprintf(&b, "  %-12s %s (%s%s)\n", s.name, s.help, s.values, when)
	}
	return b.String()
}

func entry(b *strings.Builder, usage, help, example string) {
	fmt.Fprintf(b, "  %s\n      %s\n", usage, help)
	if example != usage {
		fmt.Fprintf(b, "      Example: %s\n", example)
	}
}

func indent(b *strings.Builder, text string) {
	for line := range strings.Lines(text) {
		b.WriteString("  " + strings.TrimSuffix(line, "\n") + "\n")
	}
}
