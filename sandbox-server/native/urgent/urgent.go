// Package urgent is for the few processes between a key and its echo: gateway, supervisor, init and the learner's shell.
// They work for a moment and sleep again, and must not wait behind whoever computes for long.
//
// Two means: a weight that is above an ordinary one, for what is not inside a sandbox; and short turns. Who asks the
// kernel for short turns (from Linux 6.12 on) gets no more time in all, but gets it sooner after it wakes. Whatever of
// this a kernel does not know, or a host does not allow, is left out: all works without it, and is slower on a busy machine.
package urgent

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"
)

// Command is the first argument by which the native program becomes another one, urgent: `urgent PROGRAM ARGUMENT...`
const Command = "urgent"

const (
	// niceness gives three times the weight of an ordinary process.
	niceness = -5
	// turn is how long such a process computes before others have theirs, in nanoseconds: the shortest that Linux has.
	turn = 100_000
	// ordinary is the kernel's own length of a turn.
	ordinary = 0
)

// Main becomes the program that the arguments name. It does not return.
func Main(arguments []string) {
	runtime.LockOSThread()
	if len(arguments) == 0 {
		fmt.Fprintln(os.Stderr, "slipway-native urgent: the program is missing")
		os.Exit(2)
	}
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, niceness)
	if session, err := getsid(); err == nil && session == os.Getpid() {
		// Where the kernel weighs sessions against each other, the number above counts within one only.
		_ = os.WriteFile("/proc/self/autogroup", []byte(strconv.Itoa(niceness)), 0)
	}
	takeTurns(turn, false)
	path, err := exec.LookPath(arguments[0])
	if err == nil {
		err = syscall.Exec(path, arguments, os.Environ())
	}
	fmt.Fprintf(os.Stderr, "slipway-native urgent: %s: %v\n", arguments[0], err)
	os.Exit(127)
}

// Shell gives the calling thread, which is about to become a learner's program, short turns but no weight. What that
// starts is ordinary.
func Shell() {
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, 0)
	takeTurns(turn, true)
}

// Ordinary takes back what the calling thread has inherited.
func Ordinary() {
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, 0)
	takeTurns(ordinary, false)
}

// attributes is struct sched_attr of linux/sched/types.h.
type attributes struct {
	size, policy              uint32
	flags                     uint64
	nice                      int32
	priority                  uint32
	runtime, deadline, period uint64
}

// resetOnFork is SCHED_FLAG_RESET_ON_FORK.
const resetOnFork = 1

// Numbers of sched_setattr and sched_getattr, which package syscall does not name.
var setAttributes, getAttributes = map[string]uintptr{"amd64": 314, "arm64": 274}[runtime.GOARCH],
	map[string]uintptr{"amd64": 315, "arm64": 275}[runtime.GOARCH]

func takeTurns(nanoseconds uint64, reset bool) {
	if setAttributes == 0 {
		return
	}
	var all attributes
	size := unsafe.Sizeof(all)
	if _, _, errno := syscall.RawSyscall6(getAttributes, 0, uintptr(unsafe.Pointer(&all)), size, 0, 0, 0); errno != 0 {
		return
	}
	all.size, all.runtime, all.deadline, all.period = uint32(size), nanoseconds, 0, 0
	if reset {
		all.flags |= resetOnFork
	}
	_, _, _ = syscall.RawSyscall(setAttributes, 0, uintptr(unsafe.Pointer(&all)), 0)
}

func getsid() (int, error) {
	session, _, errno := syscall.RawSyscall(syscall.SYS_GETSID, 0, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(session), nil
}
