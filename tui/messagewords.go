package tui

// messageMeans says what a message of the protocol asks or tells, as its sender
// would. Answers that say nothing but what was asked for have no entry.
var messageMeans = map[string]string{
	"Ping":      "are you there?",
	"GetState":  "who are your neighbours?",
	"State":     "these are my predecessor and my successors",
	"NextHop":   "where does a lookup go on from you?",
	"Hop":       "this is the next step, and why",
	"Owns":      "is the key yours?",
	"FindOwner": "find the owner for me",
	"Notify":    "I think that I am your predecessor",
	"Hint":      "look after your successor",
	"Leaving":   "I leave, and these are my neighbours",
	"Read":      "what is the value?",
	"Write":     "keep this value",
	"Compare":   "this is what I hold of a range; and you?",
	"List":      "which keys of a range do you hold?",
	"Fetch":     "send me these items",
	"Store":     "keep these copies",
	"Cover":     "see that a range has all its copies, so that I may drop mine",
	"Collect":   "these tombstones can go",
	"Departing": "do not count on me, I am about to leave",
	"Surplus":   "you need not keep this range",
	"Refusal":   "no, and this is why",
}
