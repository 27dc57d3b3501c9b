//go:build unix && !linux

package process

import "syscall"

// attributes make the child a process group, so that the keys of the terminal
// do not reach it, and a stopped one gets a hangup signal when its parent dies.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
