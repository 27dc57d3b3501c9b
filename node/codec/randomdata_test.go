package codec

import (
	"time"

	"chordscope/node/chord"
	"chordscope/node/ring"
	"chordscope/node/store"
)

// Random values of the data layer.

// bytes returns up to limit bytes of any kind, nil rather than none.
func (r random) bytes(limit int) []byte {
	n := r.IntN(limit + 1)
	if n == 0 || r.IntN(4) == 0 {
		return nil
	}
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(r.Uint32())
	}
	return out
}

func (r random) key() store.Key {
	if r.yes() {
		return store.Key{ID: r.id()}
	}
	limit := 20
	if r.IntN(10) == 0 {
		limit = store.MaxName
	}
	name := r.bytes(limit)
	if name == nil {
		return store.Key{ID: r.id()}
	}
	return store.Named(r.space, string(name))
}

func (r random) version() store.Version {
	return store.Version{Counter: 1 + r.Uint64()>>(1+r.IntN(63)), Node: r.id(), Inc: r.Uint64() >> r.IntN(64)}
}

func (r random) maybeVersion() store.Version {
	if r.yes() {
		return store.Version{}
	}
	return r.version()
}

func (r random) item() store.Item {
	it := store.Item{Key: r.key(), Version: r.version(), Tag: r.Uint64(), Deleted: r.yes()}
	if !it.Deleted {
		it.Value = r.bytes(100)
	}
	return it
}

func (r random) maybeItem() store.Item {
	if r.yes() {
		return store.Item{Key: r.key()}
	}
	return r.item()
}

func (r random) stretch() ring.Interval { return ring.OpenClosed(r.id(), r.id()) }

func (r random) digest() store.Digest {
	return store.Digest{Count: uint64(r.IntN(1000)), Hi: r.Uint64(), Lo: r.Uint64()}
}

func (r random) part() store.Part { return store.Part{To: r.id(), Digest: r.digest()} }

func (r random) write() chord.Write {
	w := chord.Write{Key: r.key(), Delete: r.yes(), Tag: 1 + r.Uint64N(1<<60)}
	if !w.Delete {
		w.Value = r.bytes(100)
	}
	return w
}

func (r random) list() chord.List {
	l := chord.List{Range: r.stretch(), Begun: r.yes(), Values: r.yes()}
	if l.Begun {
		l.After = r.key()
	}
	return l
}

func (r random) collect() chord.Collect {
	var c chord.Collect
	for range r.IntN(5) {
		c.Keys, c.Versions = append(c.Keys, r.key()), append(c.Versions, r.version())
	}
	return c
}

func (r random) entry() store.Entry {
	e := store.Entry{Key: r.key(), Version: r.version(), Deleted: r.yes(), Sum: r.Uint64()}
	if !e.Deleted {
		value := r.bytes(100)
		e.Size, e.Head = len(value), string(value[:min(len(value), store.MaxHead)])
	}
	return e
}

func (r random) access() chord.Access {
	a := chord.Access{
		Op: chord.Op(1 + r.IntN(int(chord.OpDelete))), Key: r.key(), Found: r.yes(), Value: r.bytes(100), Version: r.maybeVersion(),
		Copies: r.IntN(maxCopies + 1), Took: time.Duration(r.Int64N(1 << 40)),
	}
	if r.yes() {
		a.Lookup = r.lookup()
	}
	if r.yes() {
		a.Code, a.Failed = chord.Code(r.IntN(int(chord.CodeTooLarge)+1)), "no copy can be reached"
	}
	return a
}
