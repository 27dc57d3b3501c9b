package scenarios

import "slices"

// comparison is one of the operators with its meaning.
type comparison string

// holds reports whether a stands to b as the comparison says.
func (c comparison) holds(a, b int) bool {
	switch c {
	case "=":
		return a == b
	case "!=":
		return a != b
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a >= b
}

// equals is holds for things that have no order.
func (c comparison) equals(same bool) bool { return same == (c == "=") }

// comparison requires an operator: any one where things have an order,
// otherwise = or !=.
func (p *parser) comparison(ordered bool) comparison {
	t := p.next()
	if p.open && t.kind == end {
		p.cut()
		return "="
	}
	switch {
	case t.kind == operator && (ordered || t.text == "=" || t.text == "!="):
	case ordered:
		p.errorf(t, "expected one of = != < <= > >=, found %s", t.found())
	default:
		p.errorf(t, "expected = or !=, found %s", t.found())
	}
	return comparison(t.text)
}

// quantity parses what follows a condition on a number.
func (p *parser) quantity() (comparison, int) {
	c := p.comparison(true)
	return c, int(p.count("a number", 0, 1<<40))
}

// refs requires one named peer or more, up to the end of the condition.
func (p *parser) refs() []peerRef {
	refs := []peerRef{p.peer()}
	for p.more() && !p.peek().is("within") {
		refs = append(refs, p.peer())
	}
	return slices.Clip(refs)
}

// peerSet requires named peers, each once, up to the end of the condition, or
// none.
func (p *parser) peerSet() []peerRef {
	if p.accept("none") {
		return nil
	}
	var refs []peerRef
	for first := true; first || p.more() && !p.peek().is("within"); first = false {
		t := p.peek()
		f := p.peer()
		if slices.Contains(refs, f) {
			p.fault(t, "%s is named twice", t.text)
		}
		refs = append(refs, f)
	}
	return refs
}
