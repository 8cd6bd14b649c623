package launch

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"unsafe"
)

// Numbers of system calls that Go 1.19 does not name; they are the same on every architecture.
const (
	sysOpenTree     = 428
	sysMoveMount    = 429
	sysMountSetattr = 442
)

const (
	atCWD              = ^uintptr(99) // AT_FDCWD, -100
	atEmptyPath        = 0x1000
	openTreeClone      = 1
	openTreeCloexec    = syscall.O_CLOEXEC
	moveMountEmptyPath = 4 // MOVE_MOUNT_F_EMPTY_PATH
	mountAttrReadOnly  = 0x1
	mountAttrNoDev     = 0x4
	mountAttrIDMap     = 0x100000
)

// mountAttr is struct mount_attr of linux/mount.h.
type mountAttr struct {
	set         uint64
	clear       uint64
	propagation uint64
	userns      uint64
}

// wholeFiles keeps the overlay from writing what refers to the layers below it: a directory that was renamed, a file of
// which it copied the attributes alone. The disk's upper is then all that a layer needs.
const wholeFiles = "redirect_dir=off,metacopy=off"

// mountRoot mounts image and layers with the sandbox's ids, and over them, at Mountpoint/root, an overlay that writes to
// the disk. Only what lies below is idmapped: an idmapped upper would make the overlay read-only.
func mountRoot(spec *Spec, userns *os.File) error {
	lower := filepath.Join(spec.Mountpoint, "image")
	if err := mountMapped(spec.Image, lower, userns); err != nil {
		return failure("start-failed", "the image cannot be mounted with other ids: %w", err)
	}
	for n, layer := range spec.Layers {
		at := filepath.Join(spec.Mountpoint, fmt.Sprintf("layer%d", n+1))
		if err := os.Mkdir(at, 0o755); err != nil {
			return failure("start-failed", "%w", err)
		}
		if err := mountMapped(layer, at, userns); err != nil {
			return failure("start-failed", "a layer cannot be mounted with other ids: %w", err)
		}
		lower = at + ":" + lower // the overlay's uppermost comes first
	}
	disk := filepath.Join(spec.Mountpoint, "disk")
	options := fmt.Sprintf("lowerdir=%s,upperdir=%s/upper,workdir=%s/work,%s", lower, disk, disk, wholeFiles)
	root := filepath.Join(spec.Mountpoint, "root")
	if err := syscall.Mount("slipway", root, "overlay", syscall.MS_NODEV|syscall.MS_NOATIME, options); err != nil {
		return failure("start-failed", "the overlay: %w", err)
	}
	return nil
}

// cloneTree opens a copy of the mount at path, with path at its top, that is attached nowhere.
func cloneTree(path string) (int, error) {
	name, err := syscall.BytePtrFromString(path)
	if err != nil {
		return -1, err
	}
	tree, _, errno := syscall.Syscall(sysOpenTree, atCWD, uintptr(unsafe.Pointer(name)), openTreeClone|openTreeCloexec)
	if errno == syscall.ENOENT {
		return -1, failure("image-missing", "%s: %w", path, errno)
	}
	if errno != 0 {
		return -1, fmt.Errorf("open_tree %s: %w", path, errno)
	}
	return int(tree), nil
}

func mountMapped(source, target string, userns *os.File) error {
	tree, err := cloneTree(source)
	if err != nil {
		return err
	}
	defer syscall.Close(tree)
	attr := mountAttr{set: mountAttrIDMap | mountAttrReadOnly | mountAttrNoDev, userns: uint64(userns.Fd())}
	empty, _ := syscall.BytePtrFromString("")
	_, _, errno := syscall.Syscall6(sysMountSetattr, uintptr(tree), uintptr(unsafe.Pointer(empty)), atEmptyPath,
		uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr), 0)
	if errno != 0 {
		return fmt.Errorf("mount_setattr: %w", errno)
	}
	to, err := syscall.BytePtrFromString(target)
	if err != nil {
		return err
	}
	_, _, errno = syscall.Syscall6(sysMoveMount, uintptr(tree), uintptr(unsafe.Pointer(empty)), atCWD, uintptr(unsafe.Pointer(to)),
		moveMountEmptyPath, 0)
	if errno != 0 {
		return fmt.Errorf("move_mount: %w", errno)
	}
	return nil
}

// userNamespace returns a user namespace that maps ids 0..size-1 to base... It lives as long as the file is open.
func userNamespace(base, size int) (*os.File, error) {
	process, hold, err := inNewUserNamespace(IDs{base, size})
	if err != nil {
		return nil, err
	}
	file, err := os.Open(fmt.Sprintf("/proc/%d/ns/user", process.Pid))
	hold.Close() // the process reads its end and exits
	_, _ = process.Wait()
	return file, err
}

// inNewUserNamespace starts a process in a user namespace that maps ids 0..Size-1 to Base... It ends when hold is closed.
func inNewUserNamespace(ids IDs) (process *os.Process, hold *os.File, err error) {
	ready, hold, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer ready.Close()
	mapping := []syscall.SysProcIDMap{{ContainerID: 0, HostID: ids.Base, Size: ids.Size}}
	process, err = os.StartProcess("/proc/self/exe", []string{"slipway", "wait"}, &os.ProcAttr{
		Files: []*os.File{ready},
		Sys: &syscall.SysProcAttr{
			Cloneflags: syscall.CLONE_NEWUSER, UidMappings: mapping, GidMappings: mapping,
			GidMappingsEnableSetgroups: true,
		},
	})
	if err != nil {
		hold.Close()
		return nil, nil, err
	}
	return process, hold, nil
}

// WaitMain is the process that holds a namespace open until it is taken over.
func WaitMain() {
	_, _ = os.Stdin.Read(make([]byte, 1))
}

// checkImage refuses what runtimes were led astray by: links where they mount or create (CVE-2019-16884,
// CVE-2025-31133, CVE-2025-52565).
func checkImage(root string) error {
	for _, name := range []string{"dev", "proc", "sys"} {
		path := filepath.Join(root, name)
		info, err := os.Lstat(path)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return failure("image-refused", "/%s: %w", name, err)
		}
		if !info.IsDir() {
			return failure("image-refused", "/%s in the image is no directory but %s: the runtime would follow it", name, info.Mode().Type())
		}
	}
	entries, err := os.ReadDir(filepath.Join(root, "dev"))
	if err != nil && !os.IsNotExist(err) {
		return failure("image-refused", "/dev: %w", err)
	}
	for _, entry := range entries {
		if entry.Type()&os.ModeSymlink != 0 {
			return failure("image-refused", "/dev/%s in the image is a link: the runtime would follow it", entry.Name())
		}
	}
	return nil
}
