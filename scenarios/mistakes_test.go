package scenarios

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// mistakes are lines with the message and the place of the mistake. The ring
// has six bits unless the line says otherwise.
var mistakes = []struct {
	line, before string
	column       int
	message      string
}{
	// words
	{line: `jion 5`, column: 1, message: `unknown command "jion": did you mean join?`},
	{line: `store K1 "x"`, column: 1, message: `unknown command "store"`},
	{line: `"title"`, column: 1, message: `expected a command, found the string "title"`},
	{line: `= 5`, column: 1, message: `expected a command, found "="`},
	{line: `title "open`, column: 7, message: `the string is not closed: expected " before the end of the line`},
	{line: `title "a\n"`, column: 7, message: `in a string a backslash stands only before " and \`},
	{line: `title Ring`, column: 7, message: `expected a string in double quotes, found "Ring"`},
	{line: `title “Ring”`, column: 7, message: `expected a string in double quotes, found "“Ring”" (its quotes must be plain double ones)`},
	{line: `say`, column: 5, message: `expected a string in double quotes, found the end of the line`},
	{line: `say "a" "b"`, column: 9, message: `expected the end of the line, found the string "b"`},
	{line: "say \"a\x1b[31m\"", column: 7, message: `a control character (U+001B) is not allowed`},

	{line: `EXPECT stable`, column: 1, message: `unknown command "EXPECT": did you mean expect?`},
	{line: `put K1 "x" form N8`, column: 12, message: `expected from or the end of the line, found "form": did you mean from?`},
	{line: `load 20 key`, column: 9, message: `expected keys, found "key": did you mean keys?`},
	{line: `get k54`, column: 5, message: `expected a key such as K54 or "apple", found "k54": did you mean K54?`},
	{line: `kill n8`, column: 6, message: `expected a peer such as N8, random, any, all, owner K54 or successor N8, found "n8": did you mean N8?`},
	{line: `expect eventual stable`, column: 8, message: `unknown condition "eventual": did you mean eventually?`},
	{line: `expect not eventually stable`, column: 12, message: `expected a condition such as stable, found "eventually", which stands only right after expect`},
	{line: `expect not not stable`, column: 12, message: `expected a condition such as stable, found "not", which stands only once`},

	// time
	{line: `pause N8`, column: 7, message: `expected the end of the line, found "N8"`},
	{line: `resume now`, column: 8, message: `expected the end of the line, found "now"`},
	{line: `speed`, column: 7, message: `expected a speed such as 1/4, 1 or 2, found the end of the line`},
	{line: `speed fast`, column: 7, message: `expected a speed such as 1/4, 1 or 2, from 1/64 to 64, found "fast"`},
	{line: `speed 0`, column: 7, message: `expected a speed such as 1/4, 1 or 2, from 1/64 to 64, found "0"`},
	{line: `speed 1/0`, column: 7, message: `expected a speed such as 1/4, 1 or 2, from 1/64 to 64, found "1/0"`},
	{line: `speed 1/65`, column: 7, message: `expected a speed such as 1/4, 1 or 2, from 1/64 to 64, found "1/65"`},
	{line: `speed 1 / 4`, column: 9, message: `expected the end of the line, found "/"`},
	{line: `step stabilise N8`, column: 6, message: `expected a task (stabilize, fix, check, repair, reconcile, update) or a peer such as N8, random, any, all, owner K54 or successor N8, found "stabilise": did you mean stabilize?`},
	{line: `step fix check`, column: 10, message: `expected a peer such as N8, random, any, all, owner K54 or successor N8, found "check"`},
	{line: `step reconcile N8`, column: 6, message: `reconcile is a part of stabilize, and a task of its own only after set protocol=original`},
	{line: `step N8 N8`, column: 9, message: `N8 is named twice`},
	{line: `trace N8`, column: 7, message: `expected on or off, found "N8"`},
	{line: `trace`, column: 7, message: `expected on or off, found the end of the line`},
	{line: `trace on`, column: 10, message: `expected a peer such as N8, random, any, all, owner K54 or successor N8, found the end of the line`},

	// settings
	{line: `set`, column: 5, message: `expected a setting such as bits=6, found the end of the line`},
	{line: `set bits`, column: 10, message: `expected = and a value after bits, found the end of the line`},
	{line: `set bits=`, column: 11, message: `expected a value for bits, found the end of the line`},
	{line: `set bits<6`, column: 9, message: `expected = and a value after bits, found "<"`},
	{line: `set bist=6`, column: 5, message: `unknown setting "bist": did you mean bits?`},
	{line: `set repare=1s`, column: 5, message: `unknown setting "repare": did you mean repair?`},
	{line: `set repair=1ms`, column: 12, message: `repair is 10ms to 1h, found "1ms"`},
	{line: `set check=1s bits=7 check=2s`, column: 21, message: `check is set twice`},
	{line: `set bits=2`, column: 10, message: `bits is 3 to 160, found "2"`},
	{line: `set bits=161`, column: 10, message: `bits is 3 to 160, found "161"`},
	{line: `set bits=six`, column: 10, message: `bits is 3 to 160, found "six"`},
	{line: `set successors=33`, column: 16, message: `successors is 1 to 32, found "33"`},
	{line: `set stabilize=9ms`, column: 15, message: `stabilize is 10ms to 1h, found "9ms"`},
	{line: `set stabilize=61m`, column: 15, message: `stabilize is 10ms to 1h, found "61m"`},
	{line: `set timeout=5`, column: 13, message: `timeout is 10ms to 1h, found "5"`},
	{line: `set lookup=both`, column: 12, message: `lookup is iterative or recursive, found "both"`},
	{line: `set merge=yes`, column: 11, message: `merge is off or on, found "yes"`},
	{line: `set processes=yes`, column: 15, message: `processes is off or on, found "yes"`},
	{line: `set seed=-1`, column: 10, message: `seed is a whole number from 0, found "-1"`},
	{line: `set replicas=4 successors=3`, column: 14,
		message: `replicas=4: expected at most successors=3, since copies are kept on the successor list`},
	{before: `join N1`, line: `set lookup=recursive bits=6`, column: 22,
		message: `bits is a setting of the ring: expected before "join N1", which starts it`},
	{before: `sleep 1s`, line: `set seed=3`, column: 5,
		message: `seed is a setting of the ring: expected before "sleep 1s", which starts it`},

	// peers
	{line: `join`, column: 6, message: `expected peers such as N8, or a number of peers, found the end of the line`},
	{line: `join 8x`, column: 6, message: `expected peers such as N8, or a number of peers, found "8x"`},
	{line: `join 0`, column: 6, message: `expected a number of peers from 1 to 64, found "0"`},
	{line: `join 99999999999999999999`, column: 6, message: `expected a number of peers from 1 to 64, found "99999999999999999999"`},
	{line: `join 5 via N1`, column: 8, message: `expected the end of the line, found "via"`},
	{line: `join 65`, column: 6, message: `expected a number of peers from 1 to 64, found "65"`},
	{line: `join N1 8`, column: 9, message: `expected a peer such as N8, found "8"`},
	{line: `join N64`, column: 6, message: `N64 is not on a ring of 6 bits: expected N0 to N63`},
	{line: `join N8 N8`, column: 9, message: `N8 is named twice`},
	{line: `join N8 via`, column: 13, message: `expected a peer such as N8, random, any, all, owner K54 or successor N8, found the end of the line`},
	{line: `join N8 via all`, column: 13, message: `expected one peer, such as N8 or random, found several`},
	{line: `join N8x`, column: 6, message: `expected a peer such as N8, found "N8x"`},
	{line: `join N`, column: 6, message: `expected a peer such as N8, found "N"`},
	{line: `join N-1`, column: 6, message: `expected a peer such as N8, found "N-1"`},
	{line: `join n8`, column: 6, message: `expected peers such as N8, or a number of peers, found "n8": did you mean N8?`},
	{before: `set bits=40`, line: `join N3fa2g`, column: 6, message: `expected a peer such as N8, found "N3fa2g"`},
	{before: `set bits=33`, line: `join N2ffffffff`, column: 6, message: `N2ffffffff is not on a ring of 33 bits: expected N000000000 to N1ffffffff`},
	{line: `kill`, column: 6, message: `expected a peer such as N8, random, any, all, owner K54 or successor N8, found the end of the line`},
	{line: `kill N8 N9 N8`, column: 12, message: `N8 is named twice`},
	{line: `kill rondom`, column: 6,
		message: `expected a peer such as N8, random, any, all, owner K54 or successor N8, found "rondom": did you mean random?`},
	{line: `kill random 0`, column: 13, message: `expected a number of peers from 1 to 10000, found "0"`},
	{line: `leave owner 54`, column: 13, message: `expected a key such as K54 or "apple", found "54"`},
	{line: `focus random 2`, column: 7, message: `expected one peer, such as N8 or random, found several`},

	{before: `join N1 N8`, line: `kill N1 N9`, column: 9, message: `N9 is not there: expected a line above that lets it join`},
	{before: `join N1 N8`, line: `join N9 via N9`, column: 13, message: `N9 is not there: expected a line above that lets it join`},
	{before: `join N1 N8`, line: `lookup K4 from N9`, column: 16, message: `N9 is not there: expected a line above that lets it join`},

	// peers that stop and come back
	{line: `freeze`, column: 8, message: `expected a peer such as N8, random, any, all, owner K54 or successor N8, found the end of the line`},
	{line: `thaw`, column: 6, message: `expected a frozen peer such as N8, random, any or all, found the end of the line`},
	{line: `thaw owner K54`, column: 6, message: `expected a frozen peer such as N8, random, any or all, found "owner"`},
	{line: `restart`, column: 9, message: `expected a crashed peer such as N8, random, any or all, found the end of the line`},
	{line: `restart al`, column: 9, message: `expected a crashed peer such as N8, random, any or all, found "al": did you mean all?`},
	{line: `restart N8 N8`, column: 12, message: `N8 is named twice`},
	{line: `restart N64`, column: 9, message: `N64 is not on a ring of 6 bits: expected N0 to N63`},

	// links
	{line: `cut N8`, column: 8, message: `expected -> or <-> and another peer, found the end of the line`},
	{line: `cut N8 -> N8`, column: 11, message: `N8 is named twice`},
	{line: `partition N8 N9 | N1 N8`, column: 22, message: `N8 is named twice`},
	{line: `cut N8 N42`, column: 8, message: `expected -> or <-> and another peer, found "N42"`},
	{line: `cut N8 | N42`, column: 8, message: `expected -> or <-> and another peer, found "|"`},
	{line: `cut N8 -> `, column: 11,
		message: `expected a peer such as N8, random, any, all, owner K54 or successor N8, found the end of the line`},
	{line: `cut N8 <- N42`, column: 8, message: `expected -> or <-> and another peer, found "<"`},
	{line: `cut N8 -> N42 N48`, column: 15, message: `expected the end of the line, found "N48"`},
	{line: `delay N8 -> N42`, column: 17, message: `expected a duration such as 200ms or 2s, found the end of the line`},
	{line: `delay N8 -> N42 2m`, column: 17, message: `expected a delay up to 1m, found "2m"`},
	{line: `delay N8 -> N42 0s`, column: 17, message: `expected a duration above 0 and up to 24h, found "0s"`},
	{line: `delay N8 -> N42 1s jitter`, column: 27, message: `expected a duration such as 200ms or 2s, found the end of the line`},
	{line: `delay N8 -> N42 1s jitter 61s`, column: 27, message: `expected a delay up to 1m, found "61s"`},
	{line: `drop N8 -> N42`, column: 16, message: `expected a share such as 30%, found the end of the line`},
	{line: `drop N8 -> N42 30`, column: 16, message: `expected a share from 1% to 100%, found "30"`},
	{line: `drop N8 -> N42 0%`, column: 16, message: `expected a share from 1% to 100%, found "0%"`},
	{line: `drop N8 -> N42 101%`, column: 16, message: `expected a share from 1% to 100%, found "101%"`},
	{line: `drop N8 -> N42 -5%`, column: 16, message: `expected a share from 1% to 100%, found "-5%"`},
	{line: `partition N1 N8`, column: 17, message: `expected | and another group of peers, or | rest`},
	{line: `partition rest`, column: 16, message: `expected | and another group of peers, or | rest`},
	{line: `partition N1 |`, column: 16,
		message: `expected a peer such as N8, random, any, all, owner K54 or successor N8, found the end of the line`},
	{line: `partition | N1`, column: 11, message: `expected a peer such as N8, random, any, all, owner K54 or successor N8, found "|"`},
	{line: `partition N1 -> N8`, column: 14, message: `expected a peer such as N8, random, any, all, owner K54 or successor N8, found "->"`},
	{line: `partition rest | rest`, column: 18, message: `rest is named twice`},
	{line: `partition N1 | rest N8`, column: 21, message: `expected the end of the line, found "N8"`},
	{line: `partition N1 N1 | rest`, column: 14, message: `N1 is named twice`},
	{line: `heal N8`, column: 6, message: `expected the end of the line, found "N8"`},

	// other faults
	{line: `poison N8 = N14`, column: 8, message: `expected a pointer such as N8.finger[6] or N8.successor, found "N8"`},
	{line: `poison N8.predecessor = N14`, column: 8, message: `expected a pointer such as N8.finger[6] or N8.successor, found "N8.predecessor"`},
	{line: `poison N8.finger = N14`, column: 8, message: `expected a pointer such as N8.finger[6] or N8.successor, found "N8.finger"`},
	{line: `poison N8.finger[7] = N14`, column: 8, message: `expected a finger from N8.finger[1] to N8.finger[6], found "N8.finger[7]"`},
	{line: `poison N64.finger[1] = N14`, column: 8, message: `N64 is not on a ring of 6 bits: expected N0 to N63`},
	{line: `poison N8.successor N14`, column: 21, message: `expected = and a peer, found "N14"`},
	{line: `poison N8.successor = all`, column: 23, message: `expected one peer, such as N8 or random, found several`},
	{line: `registry`, column: 10, message: `expected up or down, found the end of the line`},
	{line: `registry off`, column: 10, message: `expected up or down, found "off"`},
	{line: `merge all`, column: 7, message: `expected the end of the line, found "all"`},
	{line: `churn`, column: 7, message: `expected a duration such as 200ms or 2s, found the end of the line`},
	{line: `churn 60s`, column: 11, message: `expected a rate such as join=6, events a minute, found the end of the line`},
	{line: `churn 60s joins=6`, column: 11, message: `expected join, leave or kill and a number a minute, found "joins": did you mean join?`},
	{line: `churn 60s join=6 join=7`, column: 18, message: `join is set twice`},
	{line: `churn 60s join 6`, column: 16, message: `expected = and a number after join, found "6"`},
	{line: `churn 60s kill=-1`, column: 16, message: `expected 0 to 6000 events a minute, found "-1"`},
	{line: `churn 60s kill=6001`, column: 16, message: `expected 0 to 6000 events a minute, found "6001"`},
	{line: `churn 60s kill=NaN`, column: 16, message: `expected 0 to 6000 events a minute, found "NaN"`},

	// lookups
	{line: `lookup 54 from N8`, column: 8, message: `expected a key such as K54 or "apple", found "54"`},
	{line: `lookup K64 from N8`, column: 8, message: `K64 is not on a ring of 6 bits: expected K0 to K63`},
	{line: `lookup K54 N8`, column: 12, message: `expected from, found "N8"`},
	{line: `lookup K54 from all`, column: 17, message: `expected one peer, such as N8 or random, found several`},
	{line: `lookup K54 from N8 fast`, column: 20, message: `expected recursive or the end of the line, found "fast"`},

	// keys
	{line: `put 54 "x"`, column: 5, message: `expected a key such as K54 or "apple", found "54"`},
	{line: `put apple "x"`, column: 5, message: `expected a key such as K54 or "apple", found "apple"`},
	{line: `put "" "x"`, column: 5, message: `expected a key such as K54 or "apple", found an empty string`},
	{line: `put K64 "x"`, column: 5, message: `K64 is not on a ring of 6 bits: expected K0 to K63`},
	{line: `put "` + strings.Repeat("x", 1025) + `" "x"`, column: 5, message: `a key of 1025 bytes: at most 1024 are allowed`},
	{line: `put "apple" red`, column: 13, message: `expected a string in double quotes, found "red"`},
	{line: `put "apple" from N8`, column: 13, message: `expected a string in double quotes, found "from"`},
	{line: `put "apple" "red" N8`, column: 19, message: `expected from or the end of the line, found "N8"`},
	{line: `put "apple" "red" from all`, column: 24, message: `expected one peer, such as N8 or random, found several`},
	{line: `put "apple" "red" from`, column: 24,
		message: `expected a peer such as N8, random, any, all, owner K54 or successor N8, found the end of the line`},
	{line: `get`, column: 5, message: `expected a key such as K54 or "apple", found the end of the line`},
	{line: `get "apple" "red"`, column: 13, message: `expected from or the end of the line, found the string "red"`},
	{line: `delete all`, column: 8, message: `expected a key such as K54 or "apple", found "all"`},
	{line: `load keys`, column: 6, message: `expected a number of keys from 1 to 100000, found "keys"`},
	{line: `load 0 keys`, column: 6, message: `expected a number of keys from 1 to 100000, found "0"`},
	{line: `load 100001 keys`, column: 6, message: `expected a number of keys from 1 to 100000, found "100001"`},
	{line: `load 200`, column: 10, message: `expected keys, found the end of the line`},
	{line: `load 200 peers`, column: 10, message: `expected keys, found "peers"`},

	// waits
	{line: `wait stable`, column: 6, message: `expected until, found "stable"`},
	{line: `wait until`, column: 12, message: `expected a condition such as stable, found the end of the line`},
	{line: `wait until sable`, column: 12, message: `unknown condition "sable": did you mean stable?`},
	{line: `wait until stable within`, column: 26, message: `expected a duration such as 200ms or 2s, found the end of the line`},
	{line: `wait until stable within 20`, column: 26, message: `expected a duration such as 200ms or 2s, found "20"`},
	{line: `wait until stable within -2s`, column: 26, message: `expected a duration above 0 and up to 24h, found "-2s"`},
	{line: `wait until stable in 20s`, column: 19, message: `expected within or the end of the line, found "in"`},
	{line: `sleep 25h`, column: 7, message: `expected a duration above 0 and up to 24h, found "25h"`},

	// claims
	{line: `expect`, column: 8, message: `expected a condition such as stable, found the end of the line`},
	{line: `expect rings`, column: 14, message: `expected one of = != < <= > >=, found the end of the line`},
	{line: `expect size = ten`, column: 15, message: `expected a number from 0 to 1099511627776, found "ten"`},
	{line: `expect N8.succesor = N14`, column: 8, message: `unknown field of a peer "succesor": did you mean .successor?`},
	{line: `expect N64.successor = N14`, column: 8, message: `N64 is not on a ring of 6 bits: expected N0 to N63`},
	{line: `expect N8.successor < N14`, column: 21, message: `expected = or !=, found "<"`},
	{line: `expect N8.successor = 14`, column: 23, message: `expected a peer such as N8, found "14"`},
	{line: `expect N8.successor[1] = N14`, column: 8, message: `successor has no rows: expected PEER.successor = PEER`},
	{line: `expect N8.finger = N14`, column: 8, message: `expected a finger from N8.finger[1] to N8.finger[6], found "N8.finger"`},
	{line: `expect N8.finger[0] = N14`, column: 8, message: `expected a finger from N8.finger[1] to N8.finger[6], found "N8.finger[0]"`},
	{line: `expect N8.finger[7] = N14`, column: 8, message: `expected a finger from N8.finger[1] to N8.finger[6], found "N8.finger[7]"`},
	{before: `set fingers=0-based`, line: `expect N8.finger[6] = N14`, column: 8,
		message: `expected a finger from N8.finger[0] to N8.finger[5], found "N8.finger[6]"`},
	{line: `expect N8.finger[+1] = N14`, column: 8, message: `expected a finger from N8.finger[1] to N8.finger[6], found "N8.finger[+1]"`},
	{line: `expect N8.successors =`, column: 24, message: `expected a peer such as N8, found the end of the line`},
	{line: `expect owner = N8`, column: 14, message: `expected a key such as K54 or "apple", found "="`},
	{line: `expect path N8`, column: 8, message: `path is about the last lookup, put, get or delete: expected after a lookup, put, get or delete`},
	{before: `lookup K1 from N8`, line: `expect path`, column: 13, message: `expected a peer such as N8, found the end of the line`},
	{before: `lookup K1 from N8`, line: `expect eventually hops = 1`, column: 19,
		message: `hops is about the last lookup, put, get or delete and does not change: expected after expect or expect not`},
	{before: `lookup K1 from N8`, line: `always hops = 1`, column: 8,
		message: `hops is about the last lookup, put, get or delete and does not change: expected after expect or expect not`},
	{line: `expect found`, column: 8, message: `found is about the last get: expected after a get`},
	{before: `put K1 "x"`, line: `expect found`, column: 8, message: `found is about the last get: expected after a get`},
	{before: `get K1`, line: `wait until found`, column: 12,
		message: `found is about the last get and does not change: expected after expect or expect not`},
	{before: `get K1`, line: `expect found = 1`, column: 14, message: `expected the end of the line, found "="`},
	{line: `expect lost`, column: 13, message: `expected one of = != < <= > >=, found the end of the line`},
	{line: `expect keys = many`, column: 15, message: `expected a number from 0 to 1099511627776, found "many"`},
	{line: `expect replicas N8 = N14`, column: 17, message: `expected a key such as K54 or "apple", found "N8"`},
	{line: `expect replicas K1 < N14`, column: 20, message: `expected = or !=, found "<"`},
	{line: `expect replicas K1 =`, column: 22, message: `expected a peer such as N8, found the end of the line`},
	{line: `expect replicas K1 = N8 N14 N8`, column: 29, message: `N8 is named twice`},
	{line: `expect replicas K1 = none N8`, column: 27, message: `expected the end of the line, found "N8"`},
	{line: `expect copies K1 = few`, column: 20, message: `expected a number from 0 to 1099511627776, found "few"`},
	{line: `expect value K1 = red`, column: 19, message: `expected a string in double quotes, found "red"`},
	{line: `expect value K1 > "red"`, column: 17, message: `expected = or !=, found ">"`},
	{line: `expect N8.keys = 5`, column: 18, message: `expected a key such as K54 or "apple", found "5"`},
	{line: `expect N8.keys = K1 K1`, column: 21, message: `K1 is named twice`},
	{line: `expect N8.keys = "a" K1 "a"`, column: 25, message: `"a" is named twice`},
	{line: `expect N8.keys = none K1`, column: 23, message: `expected the end of the line, found "K1"`},
	{line: `expect N8.key = K1`, column: 8, message: `unknown field of a peer "key": did you mean .keys?`},
	{line: `expect N8.load = K1`, column: 18, message: `expected a number from 0 to 1099511627776, found "K1"`},
	{line: `expect stable within 5s`, column: 15, message: `expected the end of the line, found "within"`},
	{line: `expect recovery.ring`, column: 22, message: `expected one of = != < <= > >=, found the end of the line`},
	{line: `expect recovery.ring <= 2`, column: 25, message: `expected a duration such as 200ms or 2s, found "2"`},
	{line: `expect recovery.rings <= 2s`, column: 8, message: `unknown condition "recovery.rings": did you mean recovery.ring?`},
	{line: `expect recovery <= 2s`, column: 8, message: `expected one of recovery.suspected, recovery.ring, recovery.fingers, recovery.keys, recovery.messages, recovery.failed, recovery.rounds, found "recovery"`},
	{line: `expect recovery.rounds <= x`, column: 27, message: `expected a number of rounds such as 3 or 2.5, found "x"`},
	{line: `expect recovery.failed = 1.5`, column: 26, message: `expected a number from 0 to 1099511627776, found "1.5"`},
	{line: `expect hop K54 = N42`, column: 16, message: `expected from, found "="`},
	{line: `expect hop K54 from N8`, column: 24, message: `expected = or !=, found the end of the line`},
	{line: `expect hop K54 from N8 = N42 N51`, column: 30, message: `expected the end of the line, found "N51"`},
	{line: `expect way K54 from random = N8`, column: 21, message: `expected a peer such as N8, found "random"`},
	{line: `expect fingers N8 = N1`, column: 16, message: `expected to, found "N8"`},
	{line: `expect fingers to all = N1`, column: 19, message: `expected a peer such as N8, found "all"`},
	{line: `expect keys for 26 = K24`, column: 17, message: `expected a peer such as N8, found "26"`},
	{line: `expect keys for N26 = N24`, column: 23, message: `expected a key such as K54 or "apple", found "N24"`},
	{line: `expect N8.fingers = N14`, column: 21, message: `expected all 6 fingers of N8, found 1`},
	{line: `expect changed before = N8`, column: 16, message: `there is no snapshot before yet: expected after snapshot before`},
	{before: `snapshot before`, line: `expect changed befor = N8`, column: 16,
		message: `there is no snapshot befor yet: expected after snapshot befor: did you mean before?`},
	{line: `expect changed = N8`, column: 16, message: `expected a name of letters, digits, - and _, found "="`},

	{line: `expect successor N8 = N14`, column: 8, message: `unknown condition "successor": did you mean PEER.successor?`},

	// questions
	{line: `ask`, column: 5, message: `expected a string in double quotes, found the end of the line`},
	{line: `ask Who = N8`, column: 5, message: `expected a string in double quotes, found "Who"`},
	{line: `ask "Who?"`, column: 12, message: `expected = and the answer, found the end of the line`},
	{line: `ask "Who?" N8`, column: 12, message: `expected = and the answer, found "N8"`},
	{line: `ask "Who?" =`, column: 14,
		message: `expected an answer such as N42, K54, 3 or "a text", or what it is about, as in owner K54, found the end of the line`},
	{line: `ask "Who?" = ->`, column: 14, message: `expected an answer such as N42, K54, 3 or "a text", or what it is about, as in owner K54, found "->"`},
	{line: `ask "Who?" = N64`, column: 14, message: `N64 is not on a ring of 6 bits: expected N0 to N63`},
	{line: `ask "Who?" = N8 K5`, column: 17, message: `expected a peer such as N8, found "K5"`},
	{line: `ask "Who?" = K5 N8`, column: 17, message: `expected a key such as K54 or "apple", found "N8"`},
	{line: `ask "Who?" = 3 N8`, column: 16, message: `expected the end of the line, found "N8"`},
	{line: `ask "Who?" = "x" "y"`, column: 18, message: `expected the end of the line, found the string "y"`},
	{line: `ask "Who?" = ownr K54`, column: 14, message: `unknown condition "ownr": did you mean owner?`},
	{line: `ask "Who?" = owner`, column: 20, message: `expected a key such as K54 or "apple", found the end of the line`},
	{line: `ask "Who?" = owner K54 = K5`, column: 26, message: `expected a peer such as N8, found "K5"`},
	{line: `ask "Who?" = owner K54 != N8`, column: 24, message: `expected = and the answer, found "!="`},
	{line: `ask "Who?" = hops`, column: 14, message: `hops is about the last lookup, put, get or delete: expected after a lookup, put, get or delete`},
	{line: `ask "Who?" = N8.finger[7]`, column: 14, message: `expected a finger from N8.finger[1] to N8.finger[6], found "N8.finger[7]"`},

	// files
	{line: `figure`, column: 8, message: `expected a file that ends in .svg, found the end of the line`},
	{line: `figure ring.png`, column: 8, message: `expected a file that ends in .svg, found "ring.png"`},
	{line: `figure ring.svg focus all`, column: 23, message: `expected one peer, such as N8 or random, found several`},
	{line: `figure ring.svg light`, column: 17, message: `expected focus, dark or the end of the line, found "light"`},
	{line: `snapshot`, column: 10, message: `expected a name of letters, digits, - and _, found the end of the line`},
	{line: `snapshot a/b`, column: 10, message: `expected a name of letters, digits, - and _, at most 64 of them, found "a/b"`},
	{line: `snapshot "a/b"`, column: 10, message: `expected a name of letters, digits, - and _, at most 64 of them, found the string "a/b"`},
	{line: `snapshot ""`, column: 10, message: `expected a name of letters, digits, - and _, found the string ""`},
	{line: `snapshot before cut`, column: 17, message: `expected the end of the line, found "cut"`},
	{line: `include`, column: 9, message: `expected a file or a shipped scenario, found the end of the line`},
	{line: `include a.chord b.chord`, column: 17, message: `expected the end of the line, found "b.chord"`},
	{line: `include paper-smal`, column: 9,
		message: `there is no file paper-smal here, and no shipped scenario of that name: did you mean paper-small?`},

	{line: `always`, column: 8, message: `expected a condition such as stable, found the end of the line`},
}

func TestMistakes(t *testing.T) {
	for _, tc := range mistakes {
		src := "set bits=6\n" + tc.before + "\n" + tc.line + "\n"
		_, err := Parse("x.chord", []byte(src))
		var all Errors
		if !errors.As(err, &all) || len(all) != 1 {
			t.Errorf("%s: error %v, want one mistake", tc.line, err)
			continue
		}
		got := fmt.Sprintf("%d:%d: %s", all[0].Line, all[0].Column, all[0].Message)
		want := fmt.Sprintf("3:%d: %s", tc.column, tc.message)
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", tc.line, got, want)
		}
		if all[0].Source != tc.line {
			t.Errorf("%s: source %q", tc.line, all[0].Source)
		}
	}
}
