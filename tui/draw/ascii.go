package draw

// ascii returns the printable ASCII character that stands for r. What has none
// of its own is a question mark.
func ascii(r rune) rune {
	if a, ok := asciiOf[r]; ok {
		return rune(a)
	}
	return '?'
}

// asciiOf holds a character for each rune that the screen uses. Those that are
// told apart by their shape alone, the states of peers, of pointers, of keys
// and of links, have different ones; kind_test.go lists them. None of them is
// a letter in upper case, which the sides of a partition have.
var asciiOf = map[rune]byte{
	// peers
	'●': 'o', '◉': '@', '○': '.', '◐': '%', '◌': '?', '✕': 'x', '◇': '+', '■': '#',
	// pointers and what is said of them
	'✓': 'v', '·': '.', '→': '>', '←': '<', '↔': '-', '↑': '^', '↓': 'v', '▸': '>', '▾': 'v', '◂': '<', '▴': '^', '›': '>', '‹': '<',
	// keys
	'◆': '*', '•': ',', '◦': 'o', '×': 'x',
	// links
	'╳': 'X', '◔': '~',
	// frames and lines
	'─': '-', '│': '|', '╭': '.', '╮': '.', '╰': '\'', '╯': '\'', '┌': '+', '┐': '+', '└': '+', '┘': '+',
	'├': '+', '┤': '+', '┬': '+', '┴': '+', '┼': '+', '━': '=', '▬': '#', '╶': '-', '┃': '|', '╺': '=', '╸': '=', '┄': '-', '┊': ':',
	// blocks of charts
	'▏': '.', '▎': '-', '▍': '-', '▌': '=', '▋': '=', '▊': '=', '▉': '#', '█': '#',
	'▁': '_', '▂': '.', '▃': '-', '▄': '=', '▅': '+', '▆': '*', '▇': '%',
	'▀': '"', '▐': '=', '░': ':', '▒': '%', '▓': '#',
	// punctuation, units
	'…': '.', '–': '-', '—': '-', '‖': '=', '“': '"', '”': '"', '‘': '\'', '’': '\'', 'µ': 'u', '°': 'o',
	'¼': '+', '½': '+', '¾': '+', '≈': '~', '≤': '<', '≥': '>', '≠': '#', '±': '+', '∞': '8', '²': '2', '³': '3',
	'\u00a0': ' ',
}

// shapes are how characters look as dots of a cell, in braille; some have more
// than one place.
var shapes = []struct {
	char   rune
	places string
}{
	{'\'', "⠁⠈⠂⠐⠃⠘"},
	{'.', "⠄⠠⡀⢀⡄⢠"},
	{':', "⠅⠨⡁⢈⡂⢐"},
	{'"', "⠉⠋⠙"},
	{'-', "⠒⠤⠊⠑⠢⠔⠌⠡"},
	{'_', "⣀⡠⢄"},
	{'=', "⠛⠶⣤⠭⣒⣉"},
	{'|', "⡇⢸⠇⠸⡆⢰"},
	{'/', "⡈⡐⠎⠜⡘⡜⡰⡨⢜⡔⡌"},
	{'\\', "⢁⢂⠱⠣⢃⢣⢆⢅⡣⢢⢡"},
	{'#', "⣿⣾⣷⣶⠿⣻⣟⣯⣽⡿⢿"},
}

// asciiDots holds the character for each braille pattern: the one whose shape
// lies nearest to its dots.
var asciiDots = func() (table [256]rune) {
	table[0] = ' '
	for bits := 1; bits < len(table); bits++ {
		least := -1
		for _, s := range shapes {
			for _, place := range s.places {
				if d := apart(uint8(bits), uint8(place-braille)); least < 0 || d < least {
					least, table[bits] = d, s.char
				}
			}
		}
	}
	return table
}()

// apart says how much two patterns differ: for each dot of one, how far the
// nearest of the other is, squared.
func apart(a, b uint8) int {
	sum := 0
	for _, p := range [...][2]uint8{{a, b}, {b, a}} {
		eachDot(p[0], func(x, y int) {
			nearest := 1 << 10
			eachDot(p[1], func(u, v int) { nearest = min(nearest, (x-u)*(x-u)+(y-v)*(y-v)) })
			sum += nearest
		})
	}
	return sum
}

// eachDot calls f with the column and row of each dot of a braille pattern.
func eachDot(bits uint8, f func(x, y int)) {
	for y, row := range bitOf {
		for x, bit := range row {
			if bits&bit != 0 {
				f(x, y)
			}
		}
	}
}
