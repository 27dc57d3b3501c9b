package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"
)

// TestSSHFlags: mistakes are told before anything listens, and secrets are made
// and kept so that only their user reads them.
func TestSSHFlags(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return file
	}
	short := write("short", "abc\n", 0o600)
	public := write("public", "a good password\n", 0o644)
	nokeys := write("nokeys", "# none\n", 0o644)
	badkeys := write("badkeys", "\nssh-rsa nonsense\n", 0o644)
	for name, c := range map[string]struct {
		flags sshFlags
		env   string
		want  string
	}{
		"no address":        {sshFlags{SSHPass: short}, "", "need --ssh ADDR"},
		"a strange address": {sshFlags{SSH: "a:b:c"}, "", "an address is one like 2222"},
		"no such port":      {sshFlags{SSH: "127.0.0.1:99999"}, "", "invalid port"},
		"a short pass":      {sshFlags{SSH: "0", SSHPass: short}, "", "8 characters or more"},
		"a short variable":  {sshFlags{SSH: "0"}, "abc", "CHORDSCOPE_SSH_PASS is shorter than 8"},
		"a pass for all":    {sshFlags{SSH: "0", SSHPass: public}, "", "others can read"},
		"no keys":           {sshFlags{SSH: "0", SSHKeys: nokeys}, "", "no public key"},
		"a bad key":         {sshFlags{SSH: "0", SSHKeys: badkeys}, "", "line 2 is no public key"},
		"no file of keys":   {sshFlags{SSH: "0", SSHKeys: filepath.Join(dir, "none")}, "", "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(passVariable, c.env)
			var said bytes.Buffer
			how, err := c.flags.ssh(&call{ctx: context.Background(), stderr: &said})
			if err == nil {
				how.Listener.Close()
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q, want one with %q", err, c.want)
			}
		})
	}

	file := filepath.Join(dir, "new")
	var host []byte
	for range 2 { // the second time with what the first has made
		var said bytes.Buffer
		how, err := (&sshFlags{SSH: "0", SSHPass: file}).ssh(&call{stderr: &said})
		if err != nil {
			t.Fatal(err)
		}
		how.Listener.Close()
		if addr := how.Listener.Addr().String(); !strings.HasPrefix(addr, "127.0.0.1:") {
			t.Errorf("listens at %s", addr)
		}
		if len(how.Pass) != 20 || strings.Contains(said.String(), string(how.Pass)) || !strings.Contains(said.String(), how.Command()) {
			t.Errorf("pass %q; said %q", how.Pass, said.String())
		}
		if _, err := gossh.ParsePrivateKey(how.HostKey); err != nil {
			t.Error(err)
		}
		if host != nil && !bytes.Equal(host, how.HostKey) {
			t.Error("another host key")
		}
		host = how.HostKey
	}
	key := filepath.Join(os.Getenv("XDG_CONFIG_HOME"), "chordscope", "ssh_host_ed25519")
	for _, name := range []string{file, key} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

func TestServingNeedsTerminal(t *testing.T) {
	var out, errs bytes.Buffer
	if status := Run(t.Context(), []string{"--ssh", "0"}, strings.NewReader(""), &out, &errs); status != exitUsage {
		t.Errorf("status %d, %s", status, errs.String())
	}
}

// TestPlain shows a ring without a terminal, to its end.
func TestPlain(t *testing.T) {
	var out, errs bytes.Buffer
	if status := Run(t.Context(), []string{"--plain", "-n", "2"}, strings.NewReader("expect size = 2\n"), &out, &errs); status != exitOK {
		t.Errorf("status %d, %s", status, errs.String())
	}
	for _, want := range []string{"ring: the registry is at 127.0.0.1:", "done: 2 live peers"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output is without %q:\n%s", want, out.String())
		}
	}
	scenario := filepath.Join(t.TempDir(), "a.chord")
	if err := os.WriteFile(scenario, []byte("join N1\nexpect size = 2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if status := Run(t.Context(), []string{"play", "--plain", scenario}, strings.NewReader(""), &out, &errs); status != 1 {
		t.Errorf("status %d of a scenario that fails:\n%s%s", status, out.String(), errs.String())
	}
	if status := Run(t.Context(), []string{"--plain", "--ssh", "0"}, strings.NewReader(""), &out, &errs); status != exitUsage {
		t.Errorf("status %d with a screen and without one", status)
	}
}
