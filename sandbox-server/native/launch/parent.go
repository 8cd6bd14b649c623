package launch

import (
	"errors"
	"os/exec"
	"syscall"
)

// dieWithParent has the kernel end this process when its parent ends, however that ends. A supervisor that was killed is
// started again and removes what belongs to no sandbox: nobody may still be making such things behind its back.
func dieWithParent() {
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGKILL), 0)
}

// diesWithUs has the kernel end the command when this process ends. The caller's thread must be locked.
func diesWithUs(command *exec.Cmd) *exec.Cmd {
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return command
}

// lackCode is the code for what the host is out of, or "" where it is something else.
func lackCode(err error) string {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "host-disk-full"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE), errors.Is(err, syscall.ENOMEM), errors.Is(err, syscall.EAGAIN):
		return "host-exhausted"
	}
	return ""
}
