package child

import (
	"archive/tar"
	"bufio"
	"errors"
	"io"
	"os"
	"strconv"
	"syscall"
	"unsafe"

	"slipway/beneath"
)

const (
	// maxUnpacked bounds the content of all files, in bytes, and maxEntries their number. What a lesson may have lies below
	// (site/course/files.ts): this is for archives that no build made.
	maxUnpacked = 256 << 20
	maxEntries  = 5_000
	// unpackBuffer is how much is read at once, in bytes.
	unpackBuffer = 64 << 10
)

// Exit statuses of unpack.
const (
	unpackedAll = 0
	// leftSomeOut: something of its name exists already.
	leftSomeOut = 1
	// notOurs: the archive holds what no lesson may.
	notOurs = 2
	// notWritten: the disk is full, or a directory is closed to the learner.
	notWritten = 3
)

var (
	errExists  = errors.New("something of this name exists")
	errNotOurs = errors.New("not in a lesson's archive")
)

// unpack lays the tar stream of standard input into a directory, with the learner's own rights: never over what exists,
// never through a link. Its exit status says how that went.
func unpack(spec Spec) {
	dropTo(spec)
	root, err := syscall.Open(spec.Unpack, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	if err != nil {
		fail(notWritten, "slipway: %s: %v", spec.Unpack, err)
	}
	leftOut, name, err := unpackInto(root, bufio.NewReaderSize(os.Stdin, unpackBuffer))
	switch {
	case errors.Is(err, errNotOurs):
		fail(notOurs, "slipway: unpack: %q: %v", name, err)
	case err != nil:
		fail(notWritten, "slipway: unpack: %q: %v", name, err)
	case leftOut > 0:
		os.Exit(leftSomeOut)
	}
	os.Exit(unpackedAll)
}

// unpackInto returns how many entries were left out because of what exists, or the entry at which it broke off.
func unpackInto(root int, from io.Reader) (leftOut int, at string, err error) {
	in := tar.NewReader(from)
	room := int64(maxUnpacked)
	for entries := 0; ; entries++ {
		header, err := in.Next()
		if err == io.EOF {
			// What follows the end belongs to the archive too: whoever sends it is not left with a closed pipe.
			_, _ = io.Copy(io.Discard, from)
			return leftOut, "", nil
		}
		if err != nil || entries >= maxEntries {
			return leftOut, "", errNotOurs
		}
		if room -= header.Size; header.Size < 0 || room < 0 {
			return leftOut, header.Name, errNotOurs
		}
		if err := layEntry(root, header, in); errors.Is(err, errExists) {
			leftOut++
		} else if err != nil {
			return leftOut, header.Name, err
		}
	}
}

func layEntry(root int, header *tar.Header, content io.Reader) error {
	names, ok := beneath.Names(header.Name)
	if !ok {
		return errNotOurs
	}
	// Only these bits: an archive gives nobody the rights of another.
	mode := uint32(header.Mode) & 0o777
	switch header.Typeflag {
	case tar.TypeDir:
		return layDirectory(root, names, mode)
	case tar.TypeReg, tar.TypeSymlink:
	default:
		return errNotOurs
	}
	if len(names) == 0 {
		return errNotOurs
	}
	last := len(names) - 1
	directory, err := openBelow(root, names[:last])
	if err != nil {
		return err
	}
	defer syscall.Close(directory)
	if header.Typeflag == tar.TypeSymlink {
		return layLink(directory, names[last], header.Linkname)
	}
	return layFile(directory, names[last], mode, content)
}

// openBelow opens a directory, making what is missing. Where a file or a link is in its place, that exists.
func openBelow(root int, names []string) (int, error) {
	directory, err := beneath.Directory(root, names, 0o755)
	if err == syscall.ENOTDIR || err == syscall.ELOOP {
		return -1, errExists
	}
	return directory, err
}

// layDirectory makes a directory; one that exists is as good, and keeps its mode.
func layDirectory(root int, names []string, mode uint32) error {
	if len(names) == 0 {
		return nil
	}
	last := len(names) - 1
	parent, err := openBelow(root, names[:last])
	if err != nil {
		return err
	}
	defer syscall.Close(parent)
	// What is laid below needs its owner's rights.
	if err := syscall.Mkdirat(parent, names[last], mode|0o700); err != nil && err != syscall.EEXIST {
		return err
	}
	directory, err := openBelow(parent, names[last:])
	if err == nil {
		syscall.Close(directory)
	}
	return err
}

// pathOnly is O_PATH, which package syscall does not name: to see that something is there needs no rights on it.
const pathOnly = 0x200000

func exists(directory int, name string) bool {
	fd, err := syscall.Openat(directory, name, pathOnly|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	syscall.Close(fd)
	return true
}

// layFile writes a file under a name of its own and then gives it the right one: it is there as a whole or not at all.
func layFile(directory int, name string, mode uint32, content io.Reader) error {
	if exists(directory, name) {
		return errExists
	}
	unfinished := ".slipway-" + strconv.Itoa(os.Getpid())
	const flags = syscall.O_WRONLY | syscall.O_CREAT | syscall.O_EXCL | syscall.O_NOFOLLOW | syscall.O_CLOEXEC
	fd, err := syscall.Openat(directory, unfinished, flags, 0o600)
	if err != nil {
		return err
	}
	file := os.NewFile(uintptr(fd), name)
	_, err = io.Copy(file, content)
	if err == nil {
		err = file.Chmod(os.FileMode(mode))
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = link(directory, unfinished, name)
	}
	_ = syscall.Unlinkat(directory, unfinished)
	if err == syscall.EEXIST {
		return errExists
	}
	return err
}

func layLink(directory int, name, target string) error {
	from, err := syscall.BytePtrFromString(target)
	if err != nil || target == "" {
		return errNotOurs
	}
	to, err := syscall.BytePtrFromString(name)
	if err != nil {
		return errNotOurs
	}
	_, _, errno := syscall.Syscall(syscall.SYS_SYMLINKAT, uintptr(unsafe.Pointer(from)), uintptr(directory), uintptr(unsafe.Pointer(to)))
	switch errno {
	case 0:
		return nil
	case syscall.EEXIST:
		return errExists
	}
	return errno
}

// link gives a file of the directory a second name in it. It follows no link, and replaces nothing.
func link(directory int, from, to string) error {
	old, err := syscall.BytePtrFromString(from)
	if err != nil {
		return err
	}
	new, err := syscall.BytePtrFromString(to)
	if err != nil {
		return err
	}
	_, _, errno := syscall.Syscall6(syscall.SYS_LINKAT, uintptr(directory), uintptr(unsafe.Pointer(old)),
		uintptr(directory), uintptr(unsafe.Pointer(new)), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}
