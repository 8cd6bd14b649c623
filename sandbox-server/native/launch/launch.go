// Package launch makes a sandbox's mounts and limits on the host and has the container runtime start it.
//
// All mounts are made in a mount namespace of their own: the host's mount table never shows them, and they vanish with
// the sandbox's last process, loop device included.
package launch

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"
)

// Spec is what the supervisor writes to standard input, as JSON. Paths are the host's.
type Spec struct {
	ID string `json:"id"`
	// Image is the root file system tree of the image, with ids as seen inside.
	Image string `json:"image"`
	// Layers are trees of files to lay over the image, with ids as seen inside; the lowest first.
	Layers []string `json:"layers"`
	// Disk is the ext4 file that takes all that the sandbox writes.
	Disk string `json:"disk"`
	IDs  IDs    `json:"ids"`
	// Mountpoint is an empty directory; in the private mount namespace all is mounted below it.
	Mountpoint string `json:"mountpoint"`
	// Devices are nodes to make at Mountpoint/devices, for the runtime to mount into the sandbox.
	Devices []Device `json:"devices"`
	// Bundle holds config.json, whose root.path is Mountpoint/root.
	Bundle string `json:"bundle"`
	Socket struct {
		Path string `json:"path"`
		GID  int    `json:"gid"`
	} `json:"socket"`
	Runtime RuntimeSpec `json:"runtime"`
	// OpenFiles is how many one process may have.
	OpenFiles uint64     `json:"openFiles"`
	Cgroup    CgroupSpec `json:"cgroup"`
}

// IDs are the host's ids of a sandbox's users and groups: Base is its root.
type IDs struct {
	Base int `json:"base"`
	Size int `json:"size"`
}

// Device is a character device.
type Device struct {
	Name  string `json:"name"`
	Major int    `json:"major"`
	Minor int    `json:"minor"`
}

// Failure is an error with the stable code that the supervisor passes on.
type Failure struct {
	Code string
	Err  error
}

func (f *Failure) Error() string { return f.Err.Error() }

func (f *Failure) Unwrap() error { return f.Err }

func failure(code, format string, values ...any) error {
	return &Failure{code, fmt.Errorf(format, values...)}
}

// answer is one line of JSON on standard output.
type answer struct {
	OK      bool    `json:"ok"`
	Pid     int     `json:"pid,omitempty"`
	Code    string  `json:"code,omitempty"`
	Message string  `json:"message,omitempty"`
	Stages  []stage `json:"stages"`
}

// stage tells how long a part of the start took, in milliseconds.
type stage struct {
	Name string  `json:"name"`
	Ms   float64 `json:"ms"`
}

// Main reads a Spec, starts the sandbox and tells its first process's id.
func Main() {
	// Namespaces belong to threads: all that follows, the runtime's fork included, happens on this one.
	runtime.LockOSThread()
	dieWithParent()
	var result answer
	var spec Spec
	if err := json.NewDecoder(os.Stdin).Decode(&spec); err != nil {
		result.Code, result.Message = "start-failed", "launch's input: "+err.Error()
	} else if err := launch(&spec, &result); err != nil {
		result.Code, result.Message = "start-failed", err.Error()
		if known, ok := err.(*Failure); ok {
			result.Code = known.Code
		}
		if lack := lackCode(err); lack != "" && result.Code == "start-failed" {
			result.Code = lack
		}
	} else {
		result.OK = true
	}
	_ = json.NewEncoder(os.Stdout).Encode(result)
	if !result.OK {
		os.Exit(1)
	}
}

func launch(spec *Spec, result *answer) error {
	began := time.Now()
	done := func(name string) {
		now := time.Now()
		result.Stages = append(result.Stages, stage{name, float64(now.Sub(began).Microseconds()) / 1000})
		began = now
	}
	socket, err := listen(spec.Socket.Path, spec.Socket.GID)
	if err != nil {
		return err
	}
	defer socket.Close()
	cgroups, err := findCgroups()
	if err != nil {
		return err
	}
	if err := privateMounts(spec.Runtime.HideUnified); err != nil {
		return err
	}
	done("namespace")
	device, err := mountDisk(spec)
	if err != nil {
		return err
	}
	if err := makeDevices(spec); err != nil {
		return err
	}
	done("disk")
	userns, err := mountUserNamespace(spec)
	if err != nil {
		return failure("start-failed", "a user namespace: %w", err)
	}
	defer userns.Close()
	done("users")
	if err := mountRoot(spec, userns); err != nil {
		return err
	}
	if err := checkImage(spec.Mountpoint + "/root"); err != nil {
		return err
	}
	done("root")
	procs, err := cgroups.create(spec, device)
	if err != nil {
		return err
	}
	done("limits")
	inherited := append([]*os.File{socket}, procs...)
	pid, err := run(spec, inherited)
	if err != nil {
		return err
	}
	done("container")
	result.Pid = pid
	if err := cgroups.moveInit(spec, pid); err != nil {
		return failure("start-failed", "limits: %w", err)
	}
	if spec.Cgroup.Delegate {
		if err := cgroups.delegate(spec); err != nil {
			return failure("start-failed", "control groups of the sandbox's own: %w", err)
		}
	}
	done("init")
	return nil
}

// privateMounts gives this thread a mount namespace whose mounts nobody else sees.
func privateMounts(hideUnified bool) error {
	if err := syscall.Unshare(syscall.CLONE_NEWNS); err != nil {
		return failure("start-failed", "a mount namespace: %w", err)
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return failure("start-failed", "private mounts: %w", err)
	}
	if hideUnified {
		// crun takes a "hybrid" host (version 1 controllers, an empty version 2 beside them) for something it does not
		// support; it works once it does not see the empty one.
		_ = syscall.Unmount("/sys/fs/cgroup/unified", syscall.MNT_DETACH)
	}
	return nil
}
