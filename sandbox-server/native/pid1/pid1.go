// Package pid1 is init: process 1 of a sandbox. It reaps, holds the terminals with their recent output, and runs
// commands. It listens on an inherited socket whose path exists only outside of the sandbox, and trusts that whoever
// connects is the server; what it sends is, to the server, untrusted input.
//
// It survives what the learner does: its own process count and memory are outside of the learner's limits, every child
// enters the learner's cgroup before it executes, and no learner's process can signal it.
package pid1

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// firstInherited is the first descriptor of the LISTEN_FDS convention.
const firstInherited = 3

// memoryLimit is a soft limit for the Go heap, in bytes: sixteen full terminals fit, a leak shows as a slow init.
const memoryLimit = 24 << 20

// acceptAgain is how long init waits when it has as many connections as it can have.
const acceptAgain = 100 * time.Millisecond

// Main serves until the sandbox is stopped from outside.
func Main() {
	debug.SetMemoryLimit(memoryLimit)
	debug.SetGCPercent(50)
	listener, cgroups, err := inherit()
	if err != nil {
		fmt.Fprintln(os.Stderr, "slipway: init:", err)
		os.Exit(1)
	}
	// Nothing may stop process 1. Caught and not ignored: an ignored signal stays so in every shell that it starts, and
	// Ctrl-C would do nothing there.
	signal.Notify(make(chan os.Signal, 1), fatalSignals()...)
	nested := os.Getenv("SLIPWAY_PROFILE") == "containers"
	pictures, err := newPictures(nested)
	if err != nil {
		fmt.Fprintln(os.Stderr, "slipway: init: /proc:", err)
		os.Exit(1)
	}
	reaper := newReaper(pictures.look)
	go reaper.run()
	box := newSandbox(reaper, pictures, cgroups)
	nameResolver()
	if nested {
		allowNesting()
		if err := box.serveEngine(engineIdle()); err != nil {
			fmt.Fprintln(os.Stderr, "slipway: init: the engine's socket:", err)
			os.Exit(1)
		}
		if err := box.serveForwards(); err != nil {
			fmt.Fprintln(os.Stderr, "slipway: init: the way to the class registry:", err)
			os.Exit(1)
		}
	}
	quiet()
	for {
		conn, err := listener.AcceptUnix()
		if err != nil {
			if isTemporary(err) {
				time.Sleep(acceptAgain)
				continue
			}
			fmt.Fprintln(os.Stderr, "slipway: init: accept:", err)
			os.Exit(1)
		}
		go box.serve(conn)
	}
}

// inherit takes over the listening socket (descriptor 3) and the learner's cgroup.procs files after it, as LISTEN_FDS
// counts them.
func inherit() (*net.UnixListener, []*os.File, error) {
	count, err := strconv.Atoi(os.Getenv("LISTEN_FDS"))
	if err != nil || count < 1 {
		return nil, nil, fmt.Errorf("LISTEN_FDS is %q: no socket was handed over", os.Getenv("LISTEN_FDS"))
	}
	var cgroups []*os.File
	for fd := firstInherited; fd < firstInherited+count; fd++ {
		syscall.CloseOnExec(fd)
		if fd > firstInherited {
			cgroups = append(cgroups, os.NewFile(uintptr(fd), "cgroup.procs"))
		}
	}
	socket := os.NewFile(firstInherited, "init.sock")
	defer socket.Close()
	listener, err := net.FileListener(socket)
	if err != nil {
		return nil, nil, err
	}
	unix, ok := listener.(*net.UnixListener)
	if !ok {
		return nil, nil, fmt.Errorf("descriptor %d is no Unix socket", firstInherited)
	}
	unix.SetUnlinkOnClose(false)
	return unix, cgroups, nil
}

// lastSignal is the kernel's last real-time signal.
const lastSignal = 64

// fatalSignals are all that root in a sandbox with an engine may send to process 1 and that would end it: Go has a handler
// for each, so that the kernel's protection of process 1 does not hold.
func fatalSignals() []os.Signal {
	var all []os.Signal
	for number := syscall.Signal(1); number <= lastSignal; number++ {
		switch number {
		case syscall.SIGKILL, syscall.SIGSTOP: // the kernel keeps these from process 1
		case syscall.SIGCHLD: // the reaper's
		case syscall.SIGURG: // the Go runtime sends it to itself, often, and it ends nothing
		default:
			all = append(all, number)
		}
	}
	return all
}

// engineIdle reads after how many milliseconds an engine that nobody uses ends.
func engineIdle() time.Duration {
	ms, _ := strconv.ParseInt(os.Getenv("SLIPWAY_ENGINE_IDLE_MS"), 10, 64)
	return time.Duration(ms) * time.Millisecond
}

// quiet lets go of the descriptors that the runtime gave: nothing of the host's stays open in here.
func quiet() {
	null, err := os.OpenFile("/dev/null", os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer null.Close()
	for fd := 0; fd <= 2; fd++ {
		_ = syscall.Dup3(int(null.Fd()), fd, 0)
	}
}

func isTemporary(err error) bool {
	return strings.Contains(err.Error(), "too many open files") || strings.Contains(err.Error(), "aborted")
}
