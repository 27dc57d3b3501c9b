package keyring

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func same(a, b Keys) bool { return bytes.Equal(a.Ring, b.Ring) && bytes.Equal(a.Control, b.Control) }

func TestRandomKeysDiffer(t *testing.T) {
	a, b := Random(), Random()
	if len(a.Ring) != 64 || same(a, b) || bytes.Equal(a.Ring, a.Control) {
		t.Errorf("%s, %s", a.text(), b.text())
	}
}

// What one program shares another one of the same user finds, and nobody else
// can read it.
func TestShare(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	const addr = "127.0.0.1:7000"
	if k, err := Find(addr); err != nil || !same(k, Keys{}) {
		t.Fatalf("found before they were shared: %v, %v", k, err)
	}
	old, keys := Random(), Random()
	for _, k := range []Keys{old, keys} { // a new ring on the old port
		if _, err := Share(addr, k); err != nil {
			t.Fatal(err)
		}
	}
	file, err := Share(addr, keys)
	if err != nil {
		t.Fatal(err)
	}
	if k, err := Find(addr); err != nil || !same(k, keys) {
		t.Errorf("found %v, %v", k, err)
	}
	if k, err := Read(file); err != nil || !same(k, keys) {
		t.Errorf("read %v, %v", k, err)
	}
	if k, err := Find("127.0.0.1:7001"); err != nil || !same(k, Keys{}) {
		t.Errorf("found those of another ring: %v, %v", k, err)
	}
	for _, name := range []string{file, filepath.Dir(file)} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	if entries, err := os.ReadDir(filepath.Dir(file)); err != nil || len(entries) != 1 {
		t.Errorf("files left: %v, %v", entries, err)
	}
	Forget(addr)
	Forget(addr)
	if k, err := Find(addr); err != nil || !same(k, Keys{}) {
		t.Errorf("found after they were forgotten: %v, %v", k, err)
	}
}

// Without a private folder nothing is left anywhere, and nothing is found.
func TestShareNowhere(t *testing.T) {
	for _, name := range []string{"XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, "")
	}
	if file, err := Share("127.0.0.1:7000", Random()); err == nil {
		t.Errorf("shared in %s", file)
	}
	if k, err := Find("127.0.0.1:7000"); err != nil || !same(k, Keys{}) {
		t.Errorf("%v, %v", k, err)
	}
}

func TestParse(t *testing.T) {
	secret := strings.Repeat("s", 20)
	for text, want := range map[string]Keys{
		"ring-key " + secret:           {Ring: []byte(secret)},
		"control-key " + secret + "\n": {Control: []byte(secret)},
		"\n ring-key " + secret + "\r\ncontrol-key x" + secret + "\n\n": {Ring: []byte(secret), Control: []byte("x" + secret)},
	} {
		if k, err := parse(text); err != nil || !same(k, want) {
			t.Errorf("%q: %v, %v", text, k, err)
		}
	}
	for text, want := range map[string]string{
		"":           "no keys",
		secret:       "begins neither",
		"ring-key\n": "has no key",
		"ring-key " + secret + "\nring-key " + secret: "twice",
		"ring-key short":                "5 bytes",
		"ring-key " + secret + " more":  "blanks",
		"ring-key " + secret + "\x07":   "unprintable",
		strings.Repeat("\n", maxFile+1): "too long",
	} {
		k, err := parse(text)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secret) {
			t.Errorf("%.30q: %v, %v, want an error with %q and without the key", text, k, err, want)
		}
	}
}

func TestFromEnvironment(t *testing.T) {
	t.Setenv(RingVariable, "")
	t.Setenv(ControlVariable, "0123456789abcdef")
	if k, err := FromEnvironment(); err != nil || !same(k, Keys{Control: []byte("0123456789abcdef")}) {
		t.Errorf("%v, %v", k, err)
	}
	t.Setenv(RingVariable, "short")
	if _, err := FromEnvironment(); err == nil || !strings.Contains(err.Error(), RingVariable) {
		t.Errorf("a key that is too short: %v", err)
	}
}
