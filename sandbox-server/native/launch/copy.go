package launch

import (
	"errors"
	"io"
	"os"
	"path"
	"sort"
	"syscall"
	"unsafe"
)

const (
	// maxLayerBytes bounds a layer's data: what a lesson's files, setup and solutions make, several times a lesson. More
	// than this belongs into the image, which all share. In bytes.
	maxLayerBytes = 512 << 20
	// maxLayerEntries bounds its files and directories, each name of a file that has several: a tree of sources and what
	// was built of it.
	maxLayerEntries = 100_000
	// namesAtOnce is how many names of a directory are read before they are counted.
	namesAtOnce = 1024
)

// copier copies an overlay's upper directory so that it can be a lower one: ids as seen inside, and of the overlay's own
// marks those that say what is gone.
type copier struct {
	from, to string
	ids      IDs
	// links has the copy of each file that has several names, by its inode.
	links   map[uint64]string
	bytes   int64
	inodes  int64
	entries int64
	// most is how many entries there may be.
	most int64
	// buffer is what attributes are read into.
	buffer []byte
}

func newCopier(from, to string, ids IDs) *copier {
	return &copier{from: from, to: to, ids: ids, links: map[uint64]string{}, most: maxLayerEntries, buffer: make([]byte, maxAttribute)}
}

// all copies the whole tree into the directory `to`, which is there. A disk that no sandbox has run on has none.
func (c *copier) all() error {
	var stat syscall.Stat_t
	err := syscall.Lstat(c.from, &stat)
	if errors.Is(err, syscall.ENOENT) {
		return os.Chmod(c.to, 0o755)
	}
	if err != nil {
		return err
	}
	if err := c.children(""); err != nil {
		return err
	}
	return c.finish("", &stat)
}

func (c *copier) children(dir string) error {
	names, err := c.names(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		name = path.Join(dir, name)
		if unkept[name] {
			continue
		}
		if err := c.entry(name); err != nil {
			return err
		}
	}
	return nil
}

// names reads a directory no further than a layer may have entries: files of many names cost the disk nothing, and would
// fill this host's memory.
func (c *copier) names(dir string) ([]string, error) {
	directory, err := os.Open(path.Join(c.from, dir))
	if err != nil {
		return nil, err
	}
	defer directory.Close()
	var names []string
	for {
		some, err := directory.Readdirnames(namesAtOnce)
		if errors.Is(err, io.EOF) {
			sort.Strings(names)
			return names, nil
		}
		if err != nil {
			return nil, err
		}
		if c.entries += int64(len(some)); c.entries > c.most {
			return nil, failure("layer-refused", "more than %d files and directories", c.most)
		}
		names = append(names, some...)
	}
}

func (c *copier) entry(name string) error {
	var stat syscall.Stat_t
	from, to := path.Join(c.from, name), path.Join(c.to, name)
	if err := syscall.Lstat(from, &stat); err != nil {
		return &os.PathError{Op: "lstat", Path: name, Err: err}
	}
	kind := stat.Mode & syscall.S_IFMT
	if stat.Nlink > 1 && (kind == syscall.S_IFREG || kind == syscall.S_IFLNK) {
		if known, copied := c.links[stat.Ino]; copied {
			return os.Link(known, to)
		}
		c.links[stat.Ino] = to
	}
	c.inodes++
	switch kind {
	case syscall.S_IFDIR:
		if err := os.Mkdir(to, 0o700); err != nil {
			return err
		}
		if err := c.children(name); err != nil {
			return err
		}
	case syscall.S_IFREG:
		if err := c.content(from, to, stat.Size); err != nil {
			return err
		}
	case syscall.S_IFLNK:
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		if err := os.Symlink(target, to); err != nil {
			return err
		}
	default:
		// Gone: the overlay's mark for that is a device of number 0. What only a running program gives a meaning (sockets,
		// pipes) is no state of files, and is gone as well: what lies below must not come up again in its place.
		return syscall.Mknod(to, syscall.S_IFCHR, 0)
	}
	return c.finish(name, &stat)
}

// content copies a file's bytes and leaves its holes.
func (c *copier) content(from, to string, size int64) error {
	source, err := os.OpenFile(from, os.O_RDONLY|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer target.Close()
	const seekData, seekHole = 3, 4
	for end := int64(0); end < size; {
		start, err := source.Seek(end, seekData)
		if errors.Is(err, syscall.ENXIO) {
			break // nothing but a hole is left
		}
		if err != nil {
			return err
		}
		if end, err = source.Seek(start, seekHole); err != nil {
			return err
		}
		if c.bytes += end - start; c.bytes > maxLayerBytes {
			return failure("layer-refused", "more than %d bytes", maxLayerBytes)
		}
		for _, file := range []*os.File{source, target} {
			if _, err := file.Seek(start, io.SeekStart); err != nil {
				return err
			}
		}
		if _, err := io.CopyN(target, source, end-start); err != nil {
			return err
		}
	}
	if err := target.Truncate(size); err != nil {
		return err
	}
	return target.Close()
}

// finish gives a copy its owner, then its mode, since a change of owner takes setuid bits and capabilities away, then
// attributes and times.
func (c *copier) finish(name string, stat *syscall.Stat_t) error {
	to := path.Join(c.to, name)
	uid, ok := c.ids.inside(stat.Uid)
	gid, same := c.ids.inside(stat.Gid)
	if !ok || !same {
		return failure("layer-refused", "/%s belongs to %d:%d, which are no ids of the sandbox's", name, stat.Uid, stat.Gid)
	}
	if err := os.Lchown(to, int(uid), int(gid)); err != nil {
		return err
	}
	if stat.Mode&syscall.S_IFMT != syscall.S_IFLNK {
		if err := syscall.Chmod(to, stat.Mode&0o7777); err != nil {
			return &os.PathError{Op: "chmod", Path: name, Err: err}
		}
	}
	if err := c.attributes(path.Join(c.from, name), to); err != nil {
		return err
	}
	return setTimes(to, stat.Atim, stat.Mtim)
}

// inside is the id as the sandbox sees it.
func (ids IDs) inside(id uint32) (uint32, bool) {
	relative := int64(id) - int64(ids.Base)
	return uint32(relative), relative >= 0 && relative < int64(ids.Size)
}

// setTimes sets a file's times, a link's own too.
func setTimes(name string, accessed, modified syscall.Timespec) error {
	const noFollow = 0x100 // AT_SYMLINK_NOFOLLOW
	pointer, err := syscall.BytePtrFromString(name)
	if err != nil {
		return err
	}
	times := [2]syscall.Timespec{accessed, modified}
	_, _, errno := syscall.Syscall6(syscall.SYS_UTIMENSAT, atCWD, uintptr(unsafe.Pointer(pointer)),
		uintptr(unsafe.Pointer(&times)), noFollow, 0, 0)
	if errno != 0 {
		return &os.PathError{Op: "utimensat", Path: name, Err: errno}
	}
	return nil
}
