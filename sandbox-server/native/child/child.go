// Package child is the short life between init's fork and the learner's program: it puts itself under the learner's
// limits, becomes the right user, and executes the program.
package child

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"

	"slipway/urgent"
)

// Command is the first argument by which init starts itself as a child.
const Command = "child"

// FirstCgroupFile is the descriptor of the first inherited cgroup.procs file.
const FirstCgroupFile = 3

// Spec is what init hands over as the second argument, as JSON.
type Spec struct {
	// Argv[0] is the program's path as execve takes it. Empty where Archive or Unpack is set.
	Argv []string `json:"argv"`
	Env  []string `json:"env"`
	Dir  string   `json:"dir"`
	UID  int      `json:"uid"`
	GID  int      `json:"gid"`
	// Groups are the supplementary groups.
	Groups []int `json:"groups"`
	// CgroupFiles is how many cgroup.procs files are inherited, from descriptor FirstCgroupFile on.
	CgroupFiles int `json:"cgroupFiles"`
	// OutOfMemoryScore is how readily the kernel ends it and what it starts, from 0.
	OutOfMemoryScore int `json:"outOfMemoryScore"`
	// Socket: the descriptor after the cgroup files is a listening socket, handed on by the LISTEN_FDS convention.
	Socket bool `json:"socket,omitempty"`
	// Archive is a directory to write to standard output as a tar stream instead of executing a program.
	Archive string `json:"archive,omitempty"`
	// Unpack is a directory to lay the tar stream of standard input into instead.
	Unpack string `json:"unpack,omitempty"`
}

// OutOfMemoryScore makes the kernel pick the learner's programs before anything that keeps the sandbox alive.
const OutOfMemoryScore = 500

// rlimitPendingSignals is RLIMIT_SIGPENDING, which package syscall does not name.
const rlimitPendingSignals = 11

// pendingSignals bounds the signals and POSIX timers that wait, for each user of a sandbox, so that one user leaves the
// others theirs: all users of a sandbox together have 8,192 (launch/userns.go).
const pendingSignals = 1024

// Main does not return.
func Main(args []string) {
	var spec Spec
	if len(args) != 1 || json.Unmarshal([]byte(args[0]), &spec) != nil {
		fail(2, "slipway: child is run by init only")
	}
	runtime.LockOSThread()
	for fd := FirstCgroupFile; fd < FirstCgroupFile+spec.CgroupFiles; fd++ {
		syscall.CloseOnExec(fd)
	}
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte(strconv.Itoa(spec.OutOfMemoryScore)), 0)
	syscall.Umask(0o022)
	pending := syscall.Rlimit{Cur: pendingSignals, Max: pendingSignals}
	if err := syscall.Setrlimit(rlimitPendingSignals, &pending); err != nil {
		fail(126, "slipway: setrlimit: %v", err)
	}
	if spec.Archive != "" || spec.Unpack != "" {
		urgent.Ordinary()
	} else {
		urgent.Shell()
	}
	if spec.Archive != "" {
		archive(spec)
		return
	}
	if spec.Unpack != "" {
		unpack(spec)
		return
	}
	become(spec)
}

// dropTo enters the learner's cgroup and drops to the user, to go on in here.
func dropTo(spec Spec) {
	for fd := FirstCgroupFile; fd < FirstCgroupFile+spec.CgroupFiles; fd++ {
		_, _ = syscall.Write(fd, []byte("0"))
	}
	if err := syscall.Setgroups(spec.Groups); err != nil {
		fail(126, "slipway: setgroups: %v", err)
	}
	if err := syscall.Setresgid(spec.GID, spec.GID, spec.GID); err != nil {
		fail(126, "slipway: setgid: %v", err)
	}
	if err := syscall.Setresuid(spec.UID, spec.UID, spec.UID); err != nil {
		fail(126, "slipway: setuid: %v", err)
	}
}

func fail(status int, format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(status)
}

// become enters the learner's cgroup, drops to the user and executes.
//
// From the cgroup on only raw system calls follow: where the learner's process limit is full, a Go runtime that wants
// another thread there would abort, and a learner could not even open a terminal to clean up.
func become(spec Spec) {
	if spec.Socket {
		// The receiver takes the sockets for its own only where this is its process id.
		spec.Env = append(spec.Env, "LISTEN_FDS=1", "LISTEN_PID="+strconv.Itoa(os.Getpid()))
	}
	argv, err := syscall.SlicePtrFromStrings(spec.Argv)
	if err != nil || len(spec.Argv) == 0 {
		fail(127, "slipway: the command cannot be executed: %v", err)
	}
	env, err := syscall.SlicePtrFromStrings(spec.Env)
	if err != nil {
		fail(127, "slipway: the environment cannot be used: %v", err)
	}
	home, _ := syscall.BytePtrFromString(spec.Dir)
	root, _ := syscall.BytePtrFromString("/")
	groups := make([]uint32, len(spec.Groups)+1)
	for i, group := range spec.Groups {
		groups[i] = uint32(group)
	}
	zero := [1]byte{'0'}

	for fd := FirstCgroupFile; fd < FirstCgroupFile+spec.CgroupFiles; fd++ {
		_, _, errno := syscall.RawSyscall(syscall.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(&zero[0])), 1)
		if errno != 0 {
			os.Exit(126) // never run outside the learner's limits
		}
	}
	if spec.Socket {
		// Over the first cgroup file, which has done its work: that descriptor is also the convention's first.
		from := uintptr(FirstCgroupFile + spec.CgroupFiles)
		call(syscall.SYS_DUP3, from, FirstCgroupFile, 0)
		call(syscall.SYS_CLOSE, from, 0, 0)
	}
	call(syscall.SYS_SETGROUPS, uintptr(len(spec.Groups)), uintptr(unsafe.Pointer(&groups[0])), 0)
	call(syscall.SYS_SETRESGID, uintptr(spec.GID), uintptr(spec.GID), uintptr(spec.GID))
	call(syscall.SYS_SETRESUID, uintptr(spec.UID), uintptr(spec.UID), uintptr(spec.UID))
	if _, _, errno := syscall.RawSyscall(syscall.SYS_CHDIR, uintptr(unsafe.Pointer(home)), 0, 0); errno != 0 {
		call(syscall.SYS_CHDIR, uintptr(unsafe.Pointer(root)), 0, 0)
	}
	_, _, errno := syscall.RawSyscall(syscall.SYS_EXECVE,
		uintptr(unsafe.Pointer(argv[0])), uintptr(unsafe.Pointer(&argv[0])), uintptr(unsafe.Pointer(&env[0])))
	fail(127, "slipway: %s: %v", spec.Argv[0], errno)
}

func call(number, a, b, c uintptr) {
	if _, _, errno := syscall.RawSyscall(number, a, b, c); errno != 0 {
		fail(126, "slipway: system call %d: %v", number, errno)
	}
}
