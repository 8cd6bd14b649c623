package launch

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"unsafe"
)

// Loop device requests and flags of linux/loop.h.
const (
	loopConfigure    = 0x4C0A
	loopGetStatus    = 0x4C05
	loopGetFree      = 0x4C82
	loopAutoclear    = 4
	loopMajor        = 7
	loopAttempts     = 64
	loopConfigureLen = 304
)

// loopConfig is struct loop_config: the fields used here, the rest zero.
type loopConfig struct {
	fd        uint32
	blockSize uint32
	// struct loop_info64 from here on: lo_flags lies 52 bytes in.
	before [52]byte
	flags  uint32
	after  [loopConfigureLen - 8 - 52 - 4]byte
}

// loopInfo is struct loop_info64: the fields used here.
type loopInfo struct {
	device uint64
	inode  uint64
	rest   [232 - 16]byte
}

// openUnnamed opens a file so that its path on the host does not show: the kernel tells the path of a loop device's file
// to whoever sees /sys, other sandboxes included. It is seen from the top of the mount, which is the file's own folder.
func openUnnamed(path string) (*os.File, error) {
	folder, err := cloneTree(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer syscall.Close(folder)
	fd, err := syscall.Openat(folder, filepath.Base(path), syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(fd), filepath.Base(path)), nil
}

// attachLoop gives the file a loop device that frees itself after its last unmount.
func attachLoop(path string) (*os.File, error) {
	backing, err := openUnnamed(path)
	if err != nil {
		return nil, err
	}
	defer backing.Close()
	control, err := os.OpenFile("/dev/loop-control", os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer control.Close()
	// Another process may take the free device between the two calls.
	for attempt := 0; attempt < loopAttempts; attempt++ {
		number, _, errno := syscall.Syscall(syscall.SYS_IOCTL, control.Fd(), loopGetFree, 0)
		if errno != 0 {
			return nil, fmt.Errorf("a free loop device: %w", errno)
		}
		loop, err := openLoop(int(number))
		if errors.Is(err, syscall.ENXIO) {
			continue // another process took it, and lets go of it just now
		}
		if err != nil {
			return nil, err
		}
		config := loopConfig{fd: uint32(backing.Fd()), flags: loopAutoclear}
		_, _, errno = syscall.Syscall(syscall.SYS_IOCTL, loop.Fd(), loopConfigure, uintptr(unsafe.Pointer(&config)))
		if errno == 0 {
			return loop, nil
		}
		loop.Close()
		if errno != syscall.EBUSY {
			return nil, fmt.Errorf("%s: %w", loop.Name(), errno)
		}
	}
	return nil, errors.New("no loop device stayed free long enough")
}

func openLoop(number int) (*os.File, error) {
	name := fmt.Sprintf("/dev/loop%d", number)
	loop, err := os.OpenFile(name, os.O_RDWR, 0)
	if os.IsNotExist(err) {
		// A /dev that is no devtmpfs has no node for new devices.
		if err := syscall.Mknod(name, syscall.S_IFBLK|0o600, loopMajor<<8|number); err != nil && err != syscall.EEXIST {
			return nil, err
		}
		loop, err = os.OpenFile(name, os.O_RDWR, 0)
	}
	return loop, err
}

// findLoop opens the loop device that the file has already; nil where it has none. While it is open it stays the file's.
func findLoop(path string) (*os.File, error) {
	var file syscall.Stat_t
	if err := syscall.Stat(path, &file); err != nil {
		return nil, err
	}
	// Devices without a file have no such directory.
	taken, err := filepath.Glob("/sys/block/loop*/loop")
	if err != nil {
		return nil, err
	}
	for _, dir := range taken {
		var number int
		if _, err := fmt.Sscanf(filepath.Base(filepath.Dir(dir)), "loop%d", &number); err != nil {
			continue
		}
		loop, err := openLoop(number)
		if err != nil {
			continue // let go of meanwhile
		}
		var info loopInfo
		_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, loop.Fd(), loopGetStatus, uintptr(unsafe.Pointer(&info)))
		if errno == 0 && info.inode == file.Ino && info.device == uint64(file.Dev) {
			return loop, nil
		}
		loop.Close()
	}
	return nil, nil
}

// mountLoop mounts an ext4 file system that is mounted nowhere, and mends it where it must.
func mountLoop(loop *os.File, target string, flags uintptr, options string) error {
	mount := func() error { return syscall.Mount(loop.Name(), target, "ext4", flags, options) }
	if mount() == nil {
		return nil
	}
	// After a crash of the host the journal is replayed by the mount itself; this is for worse.
	check, _ := exec.Command("e2fsck", "-p", loop.Name()).CombinedOutput()
	if err := mount(); err != nil {
		return failure("start-failed", "the disk cannot be mounted: %w; e2fsck: %s", err, strings.TrimSpace(string(check)))
	}
	return nil
}

// mountDisk mounts the sandbox's disk at Mountpoint/disk and returns its device number as the cgroup files want it.
func mountDisk(spec *Spec) (string, error) {
	at := spec.Mountpoint
	if err := syscall.Mount("slipway", at, "tmpfs", syscall.MS_NODEV|syscall.MS_NOSUID, "mode=0755,size=1m"); err != nil {
		return "", failure("start-failed", "%s: %w", at, err)
	}
	for _, name := range []string{"image", "disk", "root", "devices", "engine"} {
		if err := os.Mkdir(filepath.Join(at, name), 0o755); err != nil {
			return "", failure("start-failed", "%w", err)
		}
	}
	loop, err := attachLoop(spec.Disk)
	if err != nil {
		return "", failure("start-failed", "the disk's loop device: %w", err)
	}
	defer loop.Close()
	target := filepath.Join(at, "disk")
	// discard: what the learner deletes is given back to the host. Programs that change their user (sudo) are meant to work;
	// nobody but the sandbox sees this mount.
	if err := mountLoop(loop, target, syscall.MS_NODEV|syscall.MS_NOATIME, "discard"); err != nil {
		return "", err
	}
	for name, owner := range map[string]int{"upper": spec.IDs.Base, "work": 0, "engine": spec.IDs.Base} {
		dir := filepath.Join(target, name)
		if err := os.Mkdir(dir, 0o755); err != nil {
			if os.IsExist(err) {
				continue
			}
			return "", failure("start-failed", "the disk: %w", err)
		}
		if err := os.Chown(dir, owner, owner); err != nil {
			return "", failure("start-failed", "the disk: %w", err)
		}
	}
	// A container engine's own overlays cannot lie on an overlay: it gets a folder of the disk.
	engine := filepath.Join(at, "engine")
	if err := syscall.Mount(filepath.Join(target, "engine"), engine, "", syscall.MS_BIND, ""); err != nil {
		return "", failure("start-failed", "%s: %w", engine, err)
	}
	// Not nodev: in a user namespace that flag could not be left out when the engine mounts parts of it anew, as BuildKit
	// does. No sandbox can make a device node, and none but those allowed can be opened.
	if err := syscall.Mount("", engine, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_NOATIME, ""); err != nil {
		return "", failure("start-failed", "%s: %w", engine, err)
	}
	return strings.Replace(filepath.Base(loop.Name()), "loop", fmt.Sprintf("%d:", loopMajor), 1), nil
}

// makeDevices makes the nodes that the sandbox gets besides the usual ones. Not the host's own: those may be closed to all
// but root, and in a user namespace the host's root is nobody.
func makeDevices(spec *Spec) error {
	if len(spec.Devices) == 0 {
		return nil
	}
	dir := filepath.Join(spec.Mountpoint, "devices")
	if err := syscall.Mount("slipway", dir, "tmpfs", syscall.MS_NOSUID|syscall.MS_NOEXEC, "mode=0755,size=16k"); err != nil {
		return failure("start-failed", "%s: %w", dir, err)
	}
	for _, device := range spec.Devices {
		path := filepath.Join(dir, device.Name)
		if err := syscall.Mknod(path, syscall.S_IFCHR|0o666, device.Major<<8|device.Minor); err != nil {
			return failure("start-failed", "%s: %w", path, err)
		}
		if err := os.Chmod(path, 0o666); err != nil { // past the umask
			return failure("start-failed", "%w", err)
		}
	}
	return nil
}
