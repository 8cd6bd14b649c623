// Package beneath reaches files below a directory by name, one step at a time, and never through a link: whoever may
// write there can put one in a name's place at any moment.
package beneath

import (
	"strings"
	"syscall"
)

// MaxDepth bounds how many names a path has.
const MaxDepth = 64

// Names splits a relative path. False: it leads out of the directory, or is no path.
func Names(path string) ([]string, bool) {
	path = strings.TrimSuffix(path, "/")
	if path == "." {
		return nil, true
	}
	names := strings.Split(strings.TrimPrefix(path, "./"), "/")
	if len(names) > MaxDepth {
		return nil, false
	}
	for _, name := range names {
		if name == "" || name == "." || name == ".." || len(name) > 255 || strings.ContainsRune(name, 0) {
			return nil, false
		}
	}
	return names, true
}

const openDirectory = syscall.O_RDONLY | syscall.O_DIRECTORY | syscall.O_NOFOLLOW | syscall.O_CLOEXEC | syscall.O_NONBLOCK

// Directory opens a directory below root, itself for no names. Those that are missing are made with the mode; 0: none is.
func Directory(root int, names []string, mode uint32) (int, error) {
	at, err := openAt(root, ".")
	if err != nil {
		return -1, err
	}
	for _, name := range names {
		below, err := openAt(at, name)
		if err == syscall.ENOENT && mode != 0 {
			if err = syscall.Mkdirat(at, name, mode); err == nil || err == syscall.EEXIST {
				below, err = openAt(at, name)
			}
		}
		syscall.Close(at)
		if err != nil {
			return -1, err
		}
		at = below
	}
	return at, nil
}

func openAt(directory int, name string) (int, error) {
	for {
		fd, err := syscall.Openat(directory, name, openDirectory, 0)
		if err != syscall.EINTR {
			return fd, err
		}
	}
}
