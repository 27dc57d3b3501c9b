package cli

import (
	"os"
	"path/filepath"
)

// linesFile is where the lines typed into the command palette are kept: in
// $XDG_STATE_HOME, which is ~/.local/state by itself. It is empty if the user
// has no home.
func linesFile() string {
	dir := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(dir) {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(dir, "chordscope", "history")
}
