package figure

import (
	"bytes"
	"testing"
)

// figure is the SVG of a figure of the gallery.
func figure(t *testing.T, g picture) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := SVG(&out, g.pic, g.Options); err != nil {
		t.Fatalf("%s: %v", g.name, err)
	}
	return out.Bytes()
}
