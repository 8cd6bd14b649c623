package launch

import (
	"encoding/binary"
	"os"
	"strings"
	"syscall"
	"unsafe"
)

// attributes copies the extended attributes that are state of the sandbox's.
func (c *copier) attributes(from, to string) error {
	names, err := c.listAttributes(from)
	if err != nil {
		return &os.PathError{Op: "llistxattr", Path: from, Err: err}
	}
	for _, name := range names {
		value, err := c.getAttribute(from, name)
		if err != nil {
			return &os.PathError{Op: "lgetxattr " + name, Path: from, Err: err}
		}
		kept, err := c.keep(name, value)
		if err != nil {
			return err
		}
		if kept == nil {
			continue
		}
		if err := setAttribute(to, name, kept); err != nil {
			return &os.PathError{Op: "lsetxattr " + name, Path: to, Err: err}
		}
	}
	return nil
}

// keep returns the value that an attribute has in the layer; nil where it has none. Of the overlay's own, `opaque` says
// that nothing of a directory below is seen any more; the others (origin, impure, nlink, uuid) name files of this disk.
func (c *copier) keep(name string, value []byte) ([]byte, error) {
	switch {
	case name == "trusted.overlay.opaque", strings.HasPrefix(name, "user."):
		return value, nil
	case name == "trusted.overlay.redirect", name == "trusted.overlay.metacopy":
		return nil, failure("layer-refused", "the disk was written by an overlay that keeps parts of files elsewhere (%s)", name)
	case name == "security.capability":
		return c.capabilities(value), nil
	case name == "system.posix_acl_access", name == "system.posix_acl_default":
		return c.accessList(value)
	}
	return nil, nil
}

// Revisions of struct vfs_cap_data in linux/capability.h: the third says whose root the file's capabilities are for.
const (
	capRevisionMask = 0xFF000000
	capRevision2    = 0x02000000
	capRevision3    = 0x03000000
	capLength2      = 20
	capLength3      = 24
)

// capabilities rewrites a file's capabilities from the host's ids to those inside. Nil: they are for nobody inside.
func (c *copier) capabilities(value []byte) []byte {
	if len(value) != capLength3 {
		return nil
	}
	magic := binary.LittleEndian.Uint32(value)
	if magic&capRevisionMask != capRevision3 {
		return nil
	}
	root, ok := c.ids.inside(binary.LittleEndian.Uint32(value[capLength2:]))
	if !ok {
		return nil
	}
	kept := append([]byte{}, value...)
	if root != 0 {
		binary.LittleEndian.PutUint32(kept[capLength2:], root)
		return kept
	}
	// Of the sandbox's own root: as in an image, they are those of whoever is root where the layer is mounted.
	binary.LittleEndian.PutUint32(kept, magic&^capRevisionMask|capRevision2)
	return kept[:capLength2]
}

// accessList rewrites the ids in a POSIX access control list: a version, then entries of tag, permissions and id.
func (c *copier) accessList(value []byte) ([]byte, error) {
	const header, length, user, group = 4, 8, 0x02, 0x08
	kept := append([]byte{}, value...)
	for at := header; at+length <= len(kept); at += length {
		tag := binary.LittleEndian.Uint16(kept[at:])
		if tag != user && tag != group {
			continue
		}
		id, ok := c.ids.inside(binary.LittleEndian.Uint32(kept[at+4:]))
		if !ok {
			return nil, failure("layer-refused", "an access control list names an id that is none of the sandbox's")
		}
		binary.LittleEndian.PutUint32(kept[at+4:], id)
	}
	return kept, nil
}

// maxAttribute is the kernel's own bound for a value and for a list of names, in bytes.
const maxAttribute = 64 << 10

// listAttributes, getAttribute and setAttribute are those of package syscall, for a link itself.
func (c *copier) listAttributes(path string) ([]string, error) {
	file, err := syscall.BytePtrFromString(path)
	if err != nil {
		return nil, err
	}
	n, _, errno := syscall.Syscall(syscall.SYS_LLISTXATTR, uintptr(unsafe.Pointer(file)),
		uintptr(unsafe.Pointer(&c.buffer[0])), uintptr(len(c.buffer)))
	if errno == syscall.ENOTSUP {
		return nil, nil
	}
	if errno != 0 {
		return nil, errno
	}
	return strings.FieldsFunc(string(c.buffer[:n]), func(r rune) bool { return r == 0 }), nil
}

// getAttribute returns a value that the next call overwrites.
func (c *copier) getAttribute(path, attribute string) ([]byte, error) {
	file, err := syscall.BytePtrFromString(path)
	if err != nil {
		return nil, err
	}
	name, err := syscall.BytePtrFromString(attribute)
	if err != nil {
		return nil, err
	}
	n, _, errno := syscall.Syscall6(syscall.SYS_LGETXATTR, uintptr(unsafe.Pointer(file)), uintptr(unsafe.Pointer(name)),
		uintptr(unsafe.Pointer(&c.buffer[0])), uintptr(len(c.buffer)), 0, 0)
	if errno != 0 {
		return nil, errno
	}
	return c.buffer[:n], nil
}

func setAttribute(path, attribute string, value []byte) error {
	file, err := syscall.BytePtrFromString(path)
	if err != nil {
		return err
	}
	name, err := syscall.BytePtrFromString(attribute)
	if err != nil {
		return err
	}
	var data unsafe.Pointer
	if len(value) > 0 {
		data = unsafe.Pointer(&value[0])
	}
	_, _, errno := syscall.Syscall6(syscall.SYS_LSETXATTR, uintptr(unsafe.Pointer(file)), uintptr(unsafe.Pointer(name)),
		uintptr(data), uintptr(len(value)), 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}
