package launch

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// RuntimeSpec names the container runtime.
type RuntimeSpec struct {
	Path string `json:"path"`
	// Root is the runtime's own state directory.
	Root string `json:"root"`
	// Crun: it is crun, which takes options that runc does not.
	Crun        bool `json:"crun"`
	HideUnified bool `json:"hideUnified"`
}

func (r RuntimeSpec) arguments(command ...string) []string {
	arguments := []string{"--root", r.Root}
	if r.Crun {
		arguments = append(arguments, "--cgroup-manager", "cgroupfs")
	}
	return append(arguments, command...)
}

// run has the runtime start the container with init in it, and returns init's process id on the host.
func run(spec *Spec, inherited []*os.File) (int, error) {
	pidFile := filepath.Join(spec.Mountpoint, "pid")
	log, err := os.Create(filepath.Join(spec.Mountpoint, "log"))
	if err != nil {
		return 0, failure("start-failed", "%w", err)
	}
	defer log.Close()
	command := exec.Command(spec.Runtime.Path, spec.Runtime.arguments("run", "--detach",
		"--preserve-fds", strconv.Itoa(len(inherited)), "--pid-file", pidFile, "--bundle", spec.Bundle, spec.ID)...)
	command.ExtraFiles = inherited
	// Files, not pipes: init holds them until it lets go of them, and nobody must wait for that. Never a device of the
	// host's: crun makes the container's root the owner of its standard files, /dev/null included.
	command.Stdin, command.Stdout, command.Stderr = log, log, log
	command.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	// The runtime would set them from outside, and may not where this root has not all capabilities.
	for which, most := range map[int]uint64{syscall.RLIMIT_NOFILE: spec.OpenFiles, syscall.RLIMIT_CORE: 0} {
		if err := syscall.Setrlimit(which, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return 0, failure("start-failed", "a limit of %d: %w", most, err)
		}
	}
	if err := diesWithUs(command).Run(); err != nil {
		text, _ := os.ReadFile(log.Name())
		// Of what its system calls said, a runtime passes on the words alone.
		if strings.Contains(strings.ToLower(string(text)), syscall.ENOSPC.Error()) {
			err = syscall.ENOSPC
		}
		return 0, failure("start-failed", "%s: %w: %s", filepath.Base(spec.Runtime.Path), err, strings.TrimSpace(string(text)))
	}
	text, err := os.ReadFile(pidFile)
	if err != nil {
		return 0, failure("start-failed", "the runtime told no process id: %w", err)
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// RuntimeMain runs the runtime with the arguments given, where it can work: `runtime [--hide-unified] PATH ARGUMENT...`.
func RuntimeMain(arguments []string) {
	runtime.LockOSThread()
	dieWithParent()
	if len(arguments) > 0 && arguments[0] == "--hide-unified" {
		if err := privateMounts(true); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		arguments = arguments[1:]
	}
	if len(arguments) == 0 {
		fmt.Fprintln(os.Stderr, "slipway-native runtime: the runtime's path is missing")
		os.Exit(2)
	}
	command := exec.Command(arguments[0], arguments[1:]...)
	// Pipes of the supervisor's, never a device: see run.
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := diesWithUs(command).Run(); err != nil {
		if exit, ok := err.(*exec.ExitError); ok {
			os.Exit(exit.ExitCode())
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
