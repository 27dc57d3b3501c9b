package draw

// palette is how the colours of one theme look on one ground. The colours are
// Okabe and Ito's, which people with any kind of colour blindness tell apart,
// as light or dark as each ground needs them; palette_test.go measures that.
type palette struct {
	rgb [colours]uint32 // 0 is the terminal's own colour
	// basic is for terminals of 16 colours. The nearest of those to each rgb
	// would make several of them the same.
	basic [colours]uint8
	// attr are attributes that always go with a colour.
	attr [colours]Ink
	// ground lies beneath what is selected; where it is 0, that is reversed.
	ground      uint32
	basicGround uint8
	// text and paper stand for the terminal's own colours in a picture.
	text, paper uint32
}

// pair is a theme on both grounds.
type pair struct {
	name        string
	dark, light *palette
}

// AutoTheme is the name of the theme that follows the terminal's background.
const AutoTheme = "auto"

// themes are all themes in the order in which they are offered.
var themes = [...]pair{
	{AutoTheme, &onDark, &onLight},
	{"dark", &onDark, &onDark},
	{"light", &onLight, &onLight},
	{"high-contrast", &strongOnDark, &strongOnLight},
	{"mono", &monoOnDark, &monoOnLight},
}

var onDark = palette{
	rgb: [colours]uint32{
		Dim: 0x8C93A0, Rule: 0x4A5160, Good: 0x1AAC80, Warn: 0xEDA200, Bad: 0xE76E3C,
		Accent: 0x56BAF2, Path: 0xDF8BBB, Comet: 0xF0E442,
	},
	basic: basicOnDark, ground: 0x2A3B4F, basicGround: 4,
	text: 0xD8DCE4, paper: 0x16181D,
}

var onLight = palette{
	rgb: [colours]uint32{
		Dim: 0x5F6670, Rule: 0xB9BEC6, Good: 0x007758, Warn: 0x785C0B, Bad: 0xDA1833,
		Accent: 0x0076BF, Path: 0xA9477E, Comet: 0x6E6000,
	},
	basic: basicOnLight, ground: 0xDCE8F4, basicGround: 7,
	text: 0x1F2328, paper: 0xFFFFFF,
}

var strongOnDark = palette{
	rgb: [colours]uint32{
		Dim: 0xC8CCD4, Rule: 0x9AA0AA, Good: 0x34E6AB, Warn: 0xFFB833, Bad: 0xFD8C68,
		Accent: 0x72BBFA, Path: 0xFFB3DA, Comet: 0xFFF35C,
	},
	basic: basicOnDark, ground: 0x003A66, basicGround: 4,
	text: 0xFFFFFF, paper: 0x000000,
}

var strongOnLight = palette{
	rgb: [colours]uint32{
		Dim: 0x3F444C, Rule: 0x5F6670, Good: 0x004A3D, Warn: 0x6B5237, Bad: 0x952A00,
		Accent: 0x005692, Path: 0x8A2163, Comet: 0x3D4A00,
	},
	basic: basicOnLight, ground: 0xCFE6FF, basicGround: 7,
	text: 0x000000, paper: 0xFFFFFF,
}

// Of the 16 colours, the bright ones are read well on dark and the others on
// light. Yellow is only for what is moving or doubtful there.
var (
	basicOnDark  = [colours]uint8{Dim: 7, Rule: 8, Good: 10, Warn: 11, Bad: 9, Accent: 14, Path: 13, Comet: 15}
	basicOnLight = [colours]uint8{Dim: 8, Rule: 7, Good: 2, Warn: 3, Bad: 1, Accent: 4, Path: 5, Comet: 6}
)

// monoAttr tells three weights apart where there is no colour.
var monoAttr = [colours]Ink{Dim: Faint, Rule: Faint, Warn: Bold, Bad: Bold, Accent: Bold, Path: Bold, Comet: Bold}

var (
	monoOnDark  = palette{attr: monoAttr, text: onDark.text, paper: onDark.paper}
	monoOnLight = palette{attr: monoAttr, text: onLight.text, paper: onLight.paper}
)
