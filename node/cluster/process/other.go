//go:build !unix

package process

import (
	"errors"
	"os"
	"syscall"
)

func attributes() *syscall.SysProcAttr { return nil }

func freeze(*os.Process, bool) error {
	return errors.New("a process cannot be stopped on this system")
}
