package keyring

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Share leaves the keys of the ring whose registry is at addr in the user's
// private folder, for Find, and returns the file's name. The caller removes it
// with Forget when the ring ends; what a killed program left behind is of no use
// to anybody.
func Share(addr string, k Keys) (file string, err error) {
	file, err = fileOf(addr)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", fmt.Errorf("leave the keys for other programs: %w", err)
	}
	// Written under another name first: nobody reads half a file, and what was
	// there is replaced whoever may read it. CreateTemp lets only the user read.
	temp, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return "", fmt.Errorf("leave the keys for other programs: %w", err)
	}
	_, err = temp.Write(k.text())
	err = errors.Join(err, temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		os.Remove(temp.Name())
		return "", fmt.Errorf("leave the keys for other programs: %w", err)
	}
	return file, nil
}

// Forget takes away what Share left.
func Forget(addr string) {
	if file, err := fileOf(addr); err == nil {
		os.Remove(file) // that it is gone already is as good
	}
}

// Find returns the keys that a program of this user left for the ring whose
// registry is at addr; none are no error.
func Find(addr string) (Keys, error) {
	file, err := fileOf(addr)
	if err != nil {
		return Keys{}, nil // there is no such folder, so nobody can have left any
	}
	k, err := Read(file)
	if errors.Is(err, fs.ErrNotExist) {
		return Keys{}, nil
	}
	return k, err
}

// fileOf returns the file for the ring whose registry is at addr. The folder is
// one that only the user can read.
func fileOf(addr string) (string, error) {
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if !filepath.IsAbs(dir) {
		var err error
		if dir, err = os.UserCacheDir(); err != nil {
			return "", fmt.Errorf("there is no folder to leave the keys in: %w", err)
		}
	}
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:[]%`, r) {
			return '_'
		}
		return r
	}, addr)
	return filepath.Join(dir, "chordscope", "keys-"+name), nil
}
