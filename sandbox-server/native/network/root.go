package network

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// root is where the new root is built. It is hidden by that, and not wanted: sockets of the host's lie there.
const root = "/run"

// ownRoot gives this process a file system with what it runs and nothing else: the host's programs and /etc, both
// read-only, its resolv.conf wherever that lies, three devices whoever the host's own are open to, and a /proc whose
// settings can be written, which a service manager may have kept the supervisor from. Nothing else of the host's mounts is
// held by it for as long as a sandbox runs.
func ownRoot() error {
	if err := syscall.Unshare(syscall.CLONE_NEWNS); err != nil {
		return err
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	resolvers, kept := resolversInRun()
	if kept != nil {
		defer kept.Close()
	}
	if err := syscall.Mount("slipway", root, "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV, "mode=755,size=1m"); err != nil {
		return err
	}
	for _, name := range []string{"/usr", "/etc", "/bin", "/sbin", "/lib", "/lib32", "/lib64"} {
		if err := showReadOnly(name); err != nil {
			return err
		}
	}
	if kept != nil {
		target := root + resolvers
		if err := bindReadOnly(fmt.Sprintf("/proc/self/fd/%d", kept.Fd()), target); err != nil {
			return err
		}
	}
	if err := mountKernels(); err != nil {
		return err
	}
	if err := syscall.Chdir(root); err != nil {
		return err
	}
	// Over itself: the old root is then below, and let go of.
	if err := syscall.PivotRoot(".", "."); err != nil {
		return os.NewSyscallError("pivot_root", err)
	}
	if err := syscall.Unmount(".", syscall.MNT_DETACH); err != nil {
		return err
	}
	return syscall.Chdir("/")
}

// resolversInRun opens the folder of the host's resolv.conf, where that is a link to /run.
func resolversInRun() (string, *os.File) {
	file, _ := filepath.EvalSymlinks("/etc/resolv.conf")
	folder := filepath.Dir(file)
	if !strings.HasPrefix(folder, root+"/") {
		return "", nil
	}
	kept, err := os.OpenFile(folder, oPath|syscall.O_DIRECTORY, 0)
	if err != nil {
		return "", nil
	}
	return folder, kept
}

// showReadOnly has a folder of the host's in the new root, or the link that the host has in its place.
func showReadOnly(name string) error {
	info, err := os.Lstat(name)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode()&os.ModeSymlink == 0 {
		return bindReadOnly(name, root+name)
	}
	target, err := os.Readlink(name)
	if err != nil {
		return err
	}
	return os.Symlink(target, root+name)
}

func bindReadOnly(source, target string) error {
	if err := os.MkdirAll(target, 0o755); err != nil {
		return err
	}
	if err := syscall.Mount(source, target, "", syscall.MS_BIND, ""); err != nil {
		return fmt.Errorf("%s: %w", target, err)
	}
	const flags = syscall.MS_BIND | syscall.MS_REMOUNT | syscall.MS_RDONLY | syscall.MS_NOSUID | syscall.MS_NODEV
	return syscall.Mount("", target, "", flags, "")
}

// mountKernels makes the new root's /proc and /dev, and folders that are empty.
func mountKernels() error {
	const plain = syscall.MS_NOSUID | syscall.MS_NOEXEC
	// slirp4netns makes a root of its own in /tmp.
	for _, folder := range []string{root + "/proc", root + "/dev", root + "/run", root + "/tmp"} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	if err := syscall.Mount("proc", root+"/proc", "proc", plain|syscall.MS_NODEV, ""); err != nil {
		return fmt.Errorf("/proc: %w", err)
	}
	if err := syscall.Mount("slipway", root+"/dev", "tmpfs", plain, "mode=755,size=64k"); err != nil {
		return fmt.Errorf("/dev: %w", err)
	}
	if err := os.Mkdir(root+"/dev/net", 0o755); err != nil {
		return err
	}
	for name, number := range map[string]int{"null": 1<<8 | 3, "urandom": 1<<8 | 9, "net/tun": 10<<8 | 200} {
		path := root + "/dev/" + name
		if err := syscall.Mknod(path, syscall.S_IFCHR|0o666, number); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := os.Chmod(path, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// oPath is O_PATH of asm-generic/fcntl.h.
const oPath = 0x200000
