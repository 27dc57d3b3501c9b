package process

import "syscall"

// attributes make the child a process group, so that the keys of the terminal
// do not reach it, and let it be killed when its parent dies.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
