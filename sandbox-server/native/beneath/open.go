package beneath

import (
	"io"
	"os"
	"syscall"
	"unsafe"
)

const (
	sysOpenat2 = 437
	// Resolution rules of openat2(2).
	noMounts   = 0x01
	noMagic    = 0x02
	noLinks    = 0x04
	noWayOut   = 0x08
	neverLeave = noMounts | noMagic | noLinks | noWayOut
)

// Open opens what lies below a directory to read, on the directory's own file system and through no link: where somebody
// has mounted something over it, or put a pipe in its place, it is refused and nothing waits.
func Open(root int, path string, flags uint64) (*os.File, error) {
	name, err := syscall.BytePtrFromString(path)
	if err != nil {
		return nil, err
	}
	how := [3]uint64{syscall.O_RDONLY | syscall.O_CLOEXEC | syscall.O_NONBLOCK | flags, 0, neverLeave}
	for {
		fd, _, errno := syscall.Syscall6(sysOpenat2, uintptr(root), uintptr(unsafe.Pointer(name)),
			uintptr(unsafe.Pointer(&how)), unsafe.Sizeof(how), 0, 0)
		switch errno {
		case 0:
			return os.NewFile(fd, path), nil
		case syscall.EINTR, syscall.EAGAIN:
		default:
			return nil, errno
		}
	}
}

// Read reads at most so many bytes of a file below a directory.
func Read(root int, path string, most int64) ([]byte, error) {
	file, err := Open(root, path, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, most))
}
