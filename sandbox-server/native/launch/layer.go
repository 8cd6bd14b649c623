package launch

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"slipway/urgent"
)

// LayerSpec is what the supervisor writes to standard input, as JSON. Paths are the host's. No process of the sandbox may
// write meanwhile: it is frozen or stopped.
type LayerSpec struct {
	// Disk is the ext4 file of the sandbox.
	Disk string `json:"disk"`
	IDs  IDs    `json:"ids"`
	// Mountpoint is an empty directory; in the private mount namespace all is mounted below it.
	Mountpoint string `json:"mountpoint"`
	// Target is an empty directory, which becomes the layer.
	Target string `json:"target"`
}

// layerAnswer is one line of JSON on standard output.
type layerAnswer struct {
	OK      bool   `json:"ok"`
	Bytes   int64  `json:"bytes"`
	Inodes  int64  `json:"inodes"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
}

// unkept are the paths of a sandbox's own that are no state of a lesson: what its init kept for its terminals.
var unkept = map[string]bool{"var/lib/slipway": true}

// LayerMain reads a LayerSpec, and copies what the sandbox wrote over what it was made of.
func LayerMain() {
	// Namespaces and the root directory belong to threads: all that follows happens on this one.
	runtime.LockOSThread()
	dieWithParent()
	urgent.Ordinary() // nobody waits for each of its steps
	var result layerAnswer
	var spec LayerSpec
	err := json.NewDecoder(os.Stdin).Decode(&spec)
	if err == nil {
		err = storeLayer(&spec, &result)
	}
	result.OK = err == nil
	if err != nil {
		result.Code, result.Message = layerCode(err), err.Error()
	}
	_ = json.NewEncoder(os.Stdout).Encode(result)
	if !result.OK {
		os.Exit(1)
	}
}

func layerCode(err error) string {
	var known *Failure
	if errors.As(err, &known) {
		return known.Code
	}
	if lack := lackCode(err); lack != "" {
		return lack
	}
	return "layer-refused"
}

func storeLayer(spec *LayerSpec, result *layerAnswer) error {
	if err := privateMounts(false); err != nil {
		return err
	}
	at := spec.Mountpoint
	if err := syscall.Mount("slipway", at, "tmpfs", syscall.MS_NODEV|syscall.MS_NOSUID, "mode=0755,size=1m"); err != nil {
		return failure("start-failed", "%s: %w", at, err)
	}
	disk, layer := filepath.Join(at, "disk"), filepath.Join(at, "layer")
	for _, dir := range []string{disk, layer} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return err
		}
	}
	if err := mountToRead(spec.Disk, disk); err != nil {
		return err
	}
	if err := syscall.Mount(spec.Target, layer, "", syscall.MS_BIND, ""); err != nil {
		return failure("start-failed", "%s: %w", spec.Target, err)
	}
	// From here on nothing that the sandbox wrote, whatever a link in it says, leads anywhere but into these two.
	if err := syscall.Chroot(at); err != nil {
		return err
	}
	if err := syscall.Chdir("/"); err != nil {
		return err
	}
	copied := newCopier("/disk/upper", "/layer", spec.IDs)
	if err := copied.all(); err != nil {
		return err
	}
	result.Bytes, result.Inodes = copied.bytes, copied.inodes
	return syncFiles("/layer")
}

// mountToRead mounts the disk a second time where its sandbox has it mounted, by the same loop device: two devices over
// one file would not know of each other's writes.
func mountToRead(path, target string) error {
	const flags = syscall.MS_NODEV | syscall.MS_NOSUID | syscall.MS_NOEXEC | syscall.MS_NOATIME
	loop, err := findLoop(path)
	if err != nil {
		return failure("start-failed", "the disk's loop device: %w", err)
	}
	if loop != nil {
		defer loop.Close()
		if err := syscall.Mount(loop.Name(), target, "ext4", flags, ""); err != nil {
			return failure("start-failed", "the disk cannot be mounted a second time: %w", err)
		}
	} else {
		if loop, err = attachLoop(path); err != nil {
			return failure("start-failed", "the disk's loop device: %w", err)
		}
		defer loop.Close()
		if err := mountLoop(loop, target, flags, ""); err != nil {
			return err
		}
	}
	// The mount alone: a file system is read-only for all of its mounts or for none.
	if err := syscall.Mount("", target, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY|flags, ""); err != nil {
		return failure("start-failed", "%s: %w", target, err)
	}
	return nil
}

// sysSyncfs is missing from package syscall on some architectures.
var sysSyncfs = map[string]uintptr{"amd64": 306, "arm64": 267}

// syncFiles makes sure that what was written into the file system of this directory outlives a loss of power.
func syncFiles(dir string) error {
	number, known := sysSyncfs[runtime.GOARCH]
	if !known {
		syscall.Sync()
		return nil
	}
	file, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, _, errno := syscall.Syscall(number, file.Fd(), 0, 0); errno != 0 {
		return &os.PathError{Op: "syncfs", Path: dir, Err: errno}
	}
	return nil
}
