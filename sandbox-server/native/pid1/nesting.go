package pid1

import (
	"os"
	"syscall"
)

const (
	undelegated      = "/sys/fs/cgroup/blkio"
	undelegatedAside = "/dev/slipway-blkio"
	// spareSysfs is where a second sysfs is mounted.
	spareSysfs = "/dev/slipway-sysfs"
)

// allowNesting adapts the sandbox's mounts to containers inside it. Each part is a convenience: what fails is left.
func allowNesting() {
	// The version 1 hierarchy in which the sandbox has no cgroups of its own (launch/delegate.go): runc, in here, wants one
	// in every hierarchy below /sys/fs/cgroup; containerd looks there for directories, and wants each hierarchy mounted
	// somewhere.
	if os.Mkdir(undelegatedAside, 0o555) == nil && syscall.Mount(undelegated, undelegatedAside, "", syscall.MS_MOVE, "") == nil {
		_ = os.Remove(undelegated)
	}
	// Programs such as `ip netns exec` unmount /sys before they mount it anew, and the kernel lets a user namespace mount
	// it only while it sees another.
	if os.Mkdir(spareSysfs, 0o555) == nil {
		_ = syscall.Mount("sysfs", spareSysfs, "sysfs", syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, "")
	}
}
