// Package network connects a sandbox that may reach the internet: DNS and TCP outwards, and nothing of what is private.
//
//	sandbox's namespace ── veth ── gate ── tap ── slirp4netns ── the host's network
//
// The gate is a network namespace of its own, with the rules of rules.go. It belongs to a user namespace that nobody in
// the sandbox is in, so that root in there changes nothing of it. slirp4netns makes ordinary connections of the host's
// out of what comes through, as an unprivileged user: the host forwards nothing and its own rules stay as they are.
package network

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// Spec is what the supervisor writes to standard input, as JSON. This process is in the host's network already.
type Spec struct {
	// Init is the sandbox's process 1 on the host. Field 22 of its /proc/PID/stat tells it from a later one.
	Init struct {
		Pid       int    `json:"pid"`
		StartTime string `json:"startTime"`
	} `json:"init"`
	// Uid is the host's id, user and group, that everything which stays runs as.
	Uid int `json:"uid"`
	// Groups are the cgroup.procs files of the control groups that it runs in.
	Groups []string `json:"groups"`
	Limits Limits   `json:"limits"`
}

// Limits bound what one sandbox may do to the network of the host.
type Limits struct {
	// Connections is how many there may be at once.
	Connections int `json:"connections"`
	// BytesPerSecond are those that arrive, and as many that leave.
	BytesPerSecond int64 `json:"bytesPerSecond"`
	// Shut are further IPv4 ranges that cannot be reached, as ADDRESS/BITS.
	Shut []string `json:"shut"`
}

type answer struct {
	OK      bool   `json:"ok"`
	Message string `json:"message,omitempty"`
}

// Main reads a Spec, connects the sandbox, and answers with one line of JSON. What keeps the connection goes on by itself.
func Main() {
	// Mount namespaces belong to threads: what follows, each fork included, happens on this one.
	runtime.LockOSThread()
	var spec Spec
	err := json.NewDecoder(os.Stdin).Decode(&spec)
	if err == nil {
		err = start(&spec)
	}
	result := answer{OK: err == nil}
	if err != nil {
		result.Message = err.Error()
	}
	_ = json.NewEncoder(os.Stdout).Encode(result)
	if err != nil {
		os.Exit(1)
	}
}

func start(spec *Spec) error {
	for _, each := range spec.Limits.Shut {
		if !isRange(each) {
			return fmt.Errorf("%q is no range of IPv4 addresses", each)
		}
	}
	for _, group := range spec.Groups {
		if err := os.WriteFile(group, []byte(strconv.Itoa(os.Getpid())), 0); err != nil {
			return err
		}
	}
	// Of all that is in the sandbox's groups this is the first to go where memory runs out: it is started again.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("900"), 0)
	init, inside, err := openSandbox(spec)
	if err != nil {
		return err
	}
	self, err := os.Open("/proc/self/exe")
	if err != nil {
		return err
	}
	if err := ownRoot(); err != nil {
		return fmt.Errorf("a file system of its own: %w", err)
	}
	gate, err := newGate(spec.Uid)
	if err != nil {
		return err
	}
	if err := gate.connect(inside, &spec.Limits); err != nil {
		return err
	}
	return keepGoing(spec, self, init, gate)
}

// openSandbox opens what tells that the sandbox's process 1 has ended, and its network namespace.
func openSandbox(spec *Spec) (init, inside *os.File, err error) {
	const pidfdOpen = 434
	fd, _, errno := syscall.Syscall(pidfdOpen, uintptr(spec.Init.Pid), 0, 0)
	if errno != 0 {
		return nil, nil, fmt.Errorf("the sandbox's process 1: %w", errno)
	}
	init = os.NewFile(fd, "init")
	if inside, err = os.Open(fmt.Sprintf("/proc/%d/ns/net", spec.Init.Pid)); err != nil {
		return nil, nil, err
	}
	// After both are open: they are the same process's.
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", spec.Init.Pid))
	if err != nil {
		return nil, nil, err
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 20 || fields[19] != spec.Init.StartTime {
		return nil, nil, errors.New("the sandbox's process 1 has ended")
	}
	return init, inside, nil
}

// keepGoing starts what keeps the connection, and resolves when that says that it stands.
func keepGoing(spec *Spec, self, init *os.File, gate *gate) error {
	input, err := json.Marshal(spec.Limits)
	if err != nil {
		return err
	}
	// By the descriptor: the folders above may be closed to that user.
	command := exec.Command("nsenter", "--user=/proc/self/fd/3", "--setuid=0", "--setgid=0", "--",
		"/proc/self/fd/4", KeepCommand)
	command.ExtraFiles = []*os.File{gate.owner, self, init, gate.namespace}
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	command.Stdin = strings.NewReader(string(input))
	output, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	var said answer
	if err := json.NewDecoder(output).Decode(&said); err != nil {
		return errors.New("what keeps the connection ended at once")
	}
	if !said.OK {
		return errors.New(said.Message)
	}
	return nil
}
