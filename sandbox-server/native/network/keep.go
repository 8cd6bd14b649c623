package network

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// KeepCommand is the first argument of what keeps a connection: an unprivileged user to the host, root of the gate alone.
const KeepCommand = "network-keep"

const (
	// keepMemory is a soft limit for its heap, in bytes: it holds nothing.
	keepMemory = 4 << 20
	// otherFiles is how many slirp4netns opens besides one for each connection: its own, and questions to the resolver.
	otherFiles = 256
	// readyIn is how long slirp4netns may take to begin.
	readyIn = 10 * time.Second
	// againIn is when slirp4netns is started again after it ended.
	againIn = time.Second
)

// KeepMain runs slirp4netns for as long as the sandbox runs, and keeps the rules up with the host's addresses. It inherits,
// from descriptor 3 on: its user namespace, its program, the sandbox's process 1, the gate.
func KeepMain() {
	debug.SetMemoryLimit(keepMemory)
	debug.SetGCPercent(50)
	for fd := 3; fd <= 6; fd++ {
		syscall.CloseOnExec(fd)
	}
	init, gate := os.NewFile(5, "init"), os.NewFile(6, "gate")
	_ = syscall.Close(3)
	_ = syscall.Close(4)
	ended := make(chan struct{})
	go func() {
		waitForEnd(init)
		close(ended)
	}()
	var limits Limits
	stack, err := begin(gate, &limits)
	result := answer{OK: err == nil}
	if err != nil {
		result.Message = err.Error()
	}
	_ = json.NewEncoder(os.Stdout).Encode(result)
	if err != nil {
		os.Exit(1)
	}
	letGo()
	changed := make(chan struct{}, 1)
	if watchAddresses(changed) != nil {
		os.Exit(1) // without it the rules would grow old: rather no network
	}
	changed <- struct{}{} // between the rules and here
	for {
		select {
		case <-ended:
			return // slirp4netns ends with this process, and the gate with it
		case <-changed:
			own, err := ownAddresses()
			if err == nil {
				err = runIn(gate, renewed(own), "nft", "-f", "-")
			}
			if err != nil {
				os.Exit(1)
			}
		case <-stack.ended:
			time.Sleep(againIn)
			if next, err := newStack(gate, &limits); err == nil {
				stack = next
			}
		}
	}
}

func begin(gate *os.File, limits *Limits) (*stack, error) {
	if err := json.NewDecoder(os.Stdin).Decode(limits); err != nil {
		return nil, err
	}
	var files syscall.Rlimit
	err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files)
	if wanted := uint64(limits.Connections + otherFiles); err == nil && wanted < files.Max {
		files.Max = wanted
	}
	files.Cur = files.Max
	if err == nil {
		err = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &files)
	}
	if err != nil {
		return nil, fmt.Errorf("the bound of open files: %w", err)
	}
	return newStack(gate, limits)
}

// stack is slirp4netns, which makes connections of the host's out of the gate's packets.
type stack struct {
	ended chan struct{}
	// alive is the end of a pipe by whose closing it ends.
	alive *os.File
}

func newStack(gate *os.File, limits *Limits) (*stack, error) {
	exit, alive, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer exit.Close()
	begun, ready, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer begun.Close()
	command := exec.Command("slirp4netns", "--configure", "--cidr="+outsideRange, "--mtu=1500", "--disable-host-loopback",
		"--enable-sandbox", "--enable-seccomp", "--exit-fd=4", "--ready-fd=5", "--netns-type=path", "/proc/self/fd/3",
		outsideDevice)
	command.ExtraFiles = []*os.File{gate, exit, ready}
	var words strings.Builder
	command.Stdout, command.Stderr = &words, &words
	err = command.Start()
	ready.Close()
	if err != nil {
		alive.Close()
		return nil, err
	}
	made := &stack{ended: make(chan struct{}), alive: alive}
	go func() {
		_ = command.Wait()
		alive.Close()
		close(made.ended)
	}()
	_ = begun.SetReadDeadline(time.Now().Add(readyIn))
	if n, _ := begun.Read(make([]byte, 1)); n != 1 {
		_ = command.Process.Kill()
		<-made.ended
		return nil, errors.New("slirp4netns does not begin: " + strings.TrimSpace(words.String()))
	}
	if err := hold(gate, outsideDevice, limits); err != nil {
		_ = command.Process.Kill()
		<-made.ended
		return nil, err
	}
	return made, nil
}

// waitForEnd returns when the process of a pidfd has ended.
func waitForEnd(init *os.File) {
	// Otherwise it is closed as soon as its number is known.
	defer runtime.KeepAlive(init)
	poll := struct {
		fd              int32
		events, revents int16
	}{fd: int32(init.Fd()), events: 1}
	for {
		n, _, errno := syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&poll)), 1, 0, 0, 0, 0)
		if errno == 0 && n == 1 || errno != 0 && errno != syscall.EINTR {
			return
		}
	}
}

// letGo closes what leads back to the supervisor, which waits for that.
func letGo() {
	null, err := os.OpenFile("/dev/null", os.O_RDWR, 0)
	if err != nil {
		os.Exit(1)
	}
	defer null.Close()
	for fd := 0; fd <= 2; fd++ {
		_ = syscall.Dup3(int(null.Fd()), fd, 0)
	}
}
