package launch

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
)

// The mount table of a host: hierarchies are found, or it is said that there are none.
func FuzzMountTable(f *testing.F) {
	f.Add([]byte("30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n"))
	f.Add([]byte("33 32 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n34 32 0:30 / /p rw shared:1 master:2 - cgroup none rw,pids\n"))
	f.Add([]byte("1 2 3:4 / /a\\040b rw - ext4 /dev/x rw - cgroup\n - \n - cgroup x y\nx - cgroup\n"))
	f.Fuzz(func(t *testing.T, table []byte) {
		found, err := cgroupsIn(bytes.NewReader(table))
		if err != nil {
			return
		}
		if found.unified == "" && (found.v1["memory"] == "" || found.v1["pids"] == "") {
			t.Error("found nothing, and says nothing")
		}
		for controller, at := range found.v1 {
			if strings.ContainsAny(controller, " \n,") || strings.ContainsAny(at, " \n") || !bytes.Contains(table, []byte(at)) {
				t.Errorf("%q at %q", controller, at)
			}
		}
	})
}

// Attributes that root in a sandbox gave its files. What a layer keeps of them names no id but of those inside, and is of
// the length that it had, or that a capability without a root's id has.
func FuzzAttributes(f *testing.F) {
	for _, name := range []string{
		"security.capability", "system.posix_acl_access", "system.posix_acl_default", "user.note", "trusted.overlay.opaque",
		"trusted.overlay.redirect", "security.selinux", "trusted.overlay.origin", "",
	} {
		f.Add(name, []byte("\x01\x00\x00\x03\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x70"))
		f.Add(name, []byte("\x02\x00\x00\x00\x02\x00\x04\x00\xe8\x03\x00\x70\x08\x00\x05\x00\x00\x00\x00\x10"))
		f.Add(name, []byte("y"))
	}
	f.Fuzz(func(t *testing.T, name string, value []byte) {
		before := append([]byte{}, value...)
		kept, err := sandboxIDs().keep(name, value)
		var refused *Failure
		if err != nil && (!errors.As(err, &refused) || refused.Code != "layer-refused") {
			t.Fatalf("%v", err)
		}
		if !bytes.Equal(before, value) {
			t.Error("it changed what it was given")
		}
		if kept == nil {
			return
		}
		switch {
		case name == "security.capability":
			revision3 := binary.LittleEndian.Uint32(kept)&capRevisionMask == capRevision3
			if len(kept) == capLength3 != revision3 || !revision3 && len(kept) != capLength2 {
				t.Errorf("capabilities % x", kept)
			}
		case strings.HasPrefix(name, "system.posix_acl_"):
			if len(kept) != len(value) {
				t.Errorf("%d bytes became %d", len(value), len(kept))
			}
		case name == "trusted.overlay.opaque", strings.HasPrefix(name, "user."):
		default:
			t.Errorf("%q is kept", name)
		}
	})
}
