package cli

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"charm.land/ssh"
	"github.com/charmbracelet/keygen"

	"chordscope/tui"
)

// sshFlags serve the screen to others.
type sshFlags struct {
	SSH     string `name:"ssh" placeholder:"ADDR" help:"Serve the screen over ssh, as at 0.0.0.0:2222 for a class, or at 2222 for this machine: everybody who reaches it sees the ring, with a view of their own, and changes nothing."`
	SSHPass string `name:"ssh-pass" type:"path" placeholder:"FILE" help:"With the password in it the ssh user presenter may command the ring; a file that is not there is made, with a random one. Else $CHORDSCOPE_SSH_PASS is taken."`
	SSHKeys string `name:"ssh-keys" type:"path" placeholder:"FILE" help:"The ssh user presenter may also come in with one of these public keys, as authorized_keys has them."`
}

// passVariable is where a pass is found that is in no file.
const passVariable = "CHORDSCOPE_SSH_PASS"

// ssh opens what the flags ask for; nil if nothing is to be served. It says on
// standard error how others come in.
func (f *sshFlags) ssh(c *call) (*tui.SSH, error) {
	if f.SSH == "" {
		if f.SSHPass != "" || f.SSHKeys != "" {
			return nil, errors.New("--ssh-pass and --ssh-keys need --ssh ADDR")
		}
		return nil, nil
	}
	addr, err := localAddress(f.SSH)
	if err != nil {
		return nil, fmt.Errorf("--ssh=%s: %w", f.SSH, err)
	}
	how := &tui.SSH{}
	if how.Pass, err = f.pass(c); err != nil {
		return nil, fmt.Errorf("the pass for commands over ssh: %w", err)
	}
	if how.Keys, err = readPublicKeys(f.SSHKeys); err != nil {
		return nil, fmt.Errorf("--ssh-keys=%s: %w", f.SSHKeys, err)
	}
	if how.HostKey, err = hostKey(); err != nil {
		return nil, fmt.Errorf("the host key for ssh: %w", err)
	}
	if how.Listener, err = net.Listen("tcp", addr); err != nil {
		return nil, fmt.Errorf("--ssh=%s: %w", f.SSH, err)
	}
	slog.SetDefault(slog.New(slog.DiscardHandler)) // else what the library logs would stand on the screen
	fmt.Fprintf(c.stderr, "To look on: %s\nWhoever reaches that address sees the ring: its peers with their addresses, and keys with their values.\n", how.Command())
	if len(how.Pass)+len(how.Keys) > 0 {
		fmt.Fprintf(c.stderr, "To command: the same as user %s, such as %s -l %s\n", tui.Presenter, how.Command(), tui.Presenter)
	}
	return how, nil
}

// localAddress is where to listen: without a host, on this machine only.
func localAddress(text string) (string, error) {
	if !strings.Contains(text, ":") {
		text = ":" + text
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return "", errors.New("an address is one like 2222 or 127.0.0.1:2222")
	}
	if host == "" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}

// shortestPass is how long a pass is at least, in bytes.
const shortestPass = 8

func (f *sshFlags) pass(c *call) ([]byte, error) {
	if f.SSHPass == "" {
		pass := os.Getenv(passVariable)
		if pass != "" && len(pass) < shortestPass {
			return nil, fmt.Errorf("%s is shorter than %d characters", passVariable, shortestPass)
		}
		return []byte(pass), nil
	}
	pass, err := readPrivate(f.SSHPass)
	if errors.Is(err, fs.ErrNotExist) {
		pass = []byte(strings.ToLower(rand.Text())[:20])
		if err := os.WriteFile(f.SSHPass, append(pass, '\n'), 0o600); err != nil {
			return nil, err
		}
		fmt.Fprintf(c.stderr, "A new pass for commands over ssh is in %s\n", f.SSHPass)
		return pass, nil
	}
	pass = bytes.TrimRight(pass, "\r\n")
	if err == nil && len(pass) < shortestPass {
		err = fmt.Errorf("%s: a pass has %d characters or more", f.SSHPass, shortestPass)
	}
	return pass, err
}

// readPrivate reads a small file that nobody else may read.
func readPrivate(file string) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, err
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("others can read %s: chmod 600 it", file)
	case !info.Mode().IsRegular() || info.Size() > 64<<10:
		return nil, fmt.Errorf("%s is no small file", file)
	}
	return os.ReadFile(file)
}

// readPublicKeys reads a file of authorized keys; no file has none.
func readPublicKeys(file string) ([]ssh.PublicKey, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var keys []ssh.PublicKey
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
		if err != nil {
			return nil, fmt.Errorf("line %d is no public key", number)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("no public key is in it")
	}
	return keys, nil
}

// hostKey returns the key by which clients know this server again. It is made
// once, in the user's configuration folder.
func hostKey() ([]byte, error) {
	folder, err := os.UserConfigDir()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(folder, "chordscope", "ssh_host_ed25519")
	pem, err := readPrivate(file)
	if !errors.Is(err, fs.ErrNotExist) {
		return pem, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	pair, err := keygen.New(file, keygen.WithKeyType(keygen.Ed25519), keygen.WithWrite())
	if err != nil {
		return nil, err
	}
	return pair.RawPrivateKey(), nil
}
