package launch

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// A sandbox's user namespace lies in another one, which nobody is in and which belongs to the sandbox alone.
//
// The kernel counts what a user makes (inotify instances, namespaces, pending signals, bytes of message queues) once more
// for whoever made their user namespace. Made by root, all sandboxes would share root's count, and one learner could take
// all of it. So the outer one is made by the sandbox's own lowest id, and counts for that. What it allows in all holds for
// the sandbox's root as well, who may raise the limits of the inner one but is nobody in the outer.

// UserNamespaceCommand is the first argument of the process that makes the inner namespace from within the outer.
const UserNamespaceCommand = "user-namespace"

// boundsInAll are files of /proc/sys/user: what a sandbox may have of each at once.
//
// Namespaces: an engine takes one of each kind for a container, and the kernel lets go of a network's some time after its
// end. Each costs the host memory that no control group is charged. The others are charged; here it is the host's number
// of them, or the time that it takes to go through them, which would be shared.
var boundsInAll = map[string]int{
	"max_user_namespaces":   64,
	"max_cgroup_namespaces": 256,
	"max_ipc_namespaces":    256,
	"max_mnt_namespaces":    512,
	"max_net_namespaces":    256,
	"max_pid_namespaces":    256,
	"max_time_namespaces":   64,
	"max_uts_namespaces":    256,
	"max_inotify_instances": 128,
	"max_inotify_watches":   65536,
	"max_fanotify_groups":   16,
	"max_fanotify_marks":    4096,
}

const (
	// pendingSignalsInAll bounds signals and POSIX timers that wait, of all users of a sandbox together.
	pendingSignalsInAll = 8192
	// queueBytesInAll bounds what POSIX message queues may hold, of all users of a sandbox together.
	queueBytesInAll = 8 << 20
)

// Numbers that package syscall does not name; they are the same on every architecture.
const (
	rlimitPendingSignals  = 11
	rlimitQueueBytes      = 12
	prSetSecurebits       = 28
	secbitNoSetuidFixup   = 1 << 2
	capSetGID             = 6
	capSetUID             = 7
	capSysAdmin           = 21
	capSysResource        = 24
	userNamespaceSettings = "/proc/sys/user"
)

// sandboxUserNamespace returns the user namespace of a sandbox, which maps ids 0..Size-1 to Base... It lives as long as
// the file is open.
func sandboxUserNamespace(ids IDs) (*os.File, error) {
	outer, err := inOuterNamespace(ids)
	if err != nil {
		return nil, err
	}
	defer outer.end()
	return os.Open(fmt.Sprintf("/proc/%d/ns/user", outer.inner))
}

// mountUserNamespace makes the sandbox's user namespace and has it at Mountpoint/user, where the runtime joins it.
func mountUserNamespace(spec *Spec) (*os.File, error) {
	userns, err := sandboxUserNamespace(spec.IDs)
	if err != nil {
		return nil, err
	}
	at := filepath.Join(spec.Mountpoint, "user")
	if err = os.WriteFile(at, nil, 0o600); err == nil {
		err = syscall.Mount(fmt.Sprintf("/proc/self/fd/%d", userns.Fd()), at, "", syscall.MS_BIND, "")
	}
	if err != nil {
		userns.Close()
		return nil, err
	}
	return userns, nil
}

// held is the process in the outer namespace; the one in the inner lives as long.
type held struct {
	process *os.Process
	hold    *os.File
	inner   int
}

func (h *held) end() {
	h.hold.Close()
	_, _ = h.process.Wait()
}

// inOuterNamespace starts UserNamespaceMain in a new user namespace that maps the sandbox's ids to themselves and belongs
// to the lowest of them.
func inOuterNamespace(ids IDs) (*held, error) {
	ready, hold, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer ready.Close()
	told, tell, err := os.Pipe()
	if err != nil {
		hold.Close()
		return nil, err
	}
	defer told.Close()
	restore, err := limitWhatIsMadeHere()
	if err != nil {
		hold.Close()
		tell.Close()
		return nil, err
	}
	same := []syscall.SysProcIDMap{{ContainerID: ids.Base, HostID: ids.Base, Size: ids.Size}}
	var process *os.Process
	err = as(ids.Base, func() error {
		arguments := []string{"slipway", UserNamespaceCommand, strconv.Itoa(ids.Base), strconv.Itoa(ids.Size)}
		process, err = os.StartProcess("/proc/self/exe", arguments, &os.ProcAttr{
			Files: []*os.File{ready, tell, os.Stderr},
			Sys: &syscall.SysProcAttr{
				Cloneflags: syscall.CLONE_NEWUSER, UidMappings: same, GidMappings: same, GidMappingsEnableSetgroups: true,
				// No id there is root, so that its program would have none.
				AmbientCaps: []uintptr{capSetGID, capSetUID, capSysAdmin, capSysResource},
			},
		})
		return err
	})
	restore()
	tell.Close()
	if err != nil {
		hold.Close()
		return nil, err
	}
	outer := &held{process: process, hold: hold}
	line, _ := bufio.NewReader(told).ReadString('\n')
	if outer.inner, err = strconv.Atoi(strings.TrimSpace(line)); err != nil {
		outer.end()
		return nil, fmt.Errorf("in the outer user namespace: %s", strings.TrimSpace(line))
	}
	return outer, nil
}

// limitWhatIsMadeHere sets this process's limits to those that a user namespace takes over from whoever makes it, for
// all in it together. The returned function sets them back.
func limitWhatIsMadeHere() (func(), error) {
	before := map[int]syscall.Rlimit{}
	restore := func() {
		for which, limit := range before {
			limit := limit
			_ = syscall.Setrlimit(which, &limit)
		}
	}
	for which, most := range map[int]uint64{rlimitPendingSignals: pendingSignalsInAll, rlimitQueueBytes: queueBytesInAll} {
		var limit syscall.Rlimit
		if err := syscall.Getrlimit(which, &limit); err != nil {
			restore()
			return nil, err
		}
		before[which] = limit
		wanted := syscall.Rlimit{Cur: most, Max: limit.Max}
		if limit.Max < most {
			wanted.Cur = limit.Max
		}
		if err := syscall.Setrlimit(which, &wanted); err != nil {
			restore()
			return nil, err
		}
	}
	return restore, nil
}

// as runs do on a thread that has this id as user and group, and root's capabilities. The thread ends with it.
func as(id int, do func() error) error {
	result := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // and never unlocked: no other goroutine gets this thread
		if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, prSetSecurebits, secbitNoSetuidFixup, 0); errno != 0 {
			result <- fmt.Errorf("securebits: %w", errno)
			return
		}
		id := uintptr(id)
		for _, call := range []uintptr{syscall.SYS_SETRESGID, syscall.SYS_SETRESUID} {
			// The raw call changes this thread alone.
			if _, _, errno := syscall.RawSyscall(call, id, id, id); errno != 0 {
				result <- fmt.Errorf("becoming id %d: %w", id, errno)
				return
			}
		}
		result <- do()
	}()
	return <-result
}

// UserNamespaceMain runs in the outer namespace, as `user-namespace BASE SIZE`: it sets the bounds, makes the inner one,
// prints the id of a process in that, and holds both until standard input ends.
func UserNamespaceMain(arguments []string) {
	if err := holdInner(arguments); err != nil {
		fmt.Println(err) // where the id is waited for
		os.Exit(1)
	}
}

func holdInner(arguments []string) error {
	var ids IDs
	if _, err := fmt.Sscan(strings.Join(arguments, " "), &ids.Base, &ids.Size); err != nil {
		return err
	}
	for name, most := range boundsInAll {
		// Kernels differ in what they count.
		err := os.WriteFile(filepath.Join(userNamespaceSettings, name), []byte(strconv.Itoa(most)), 0)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	process, hold, err := inNewUserNamespace(ids)
	if err != nil {
		return err
	}
	fmt.Println(process.Pid)
	_, _ = os.Stdin.Read(make([]byte, 1))
	hold.Close()
	_, err = process.Wait()
	return err
}
