package pid1

import (
	"os"
	"syscall"
)

// spareSysfs is where a second sysfs is mounted.
const spareSysfs = "/dev/slipway-sysfs"

// allowNesting adapts the sandbox's mounts to containers inside it. Each part is a convenience: what fails is left.
func allowNesting() {
	// The version 1 hierarchy in which the sandbox has no cgroups of its own (launch/delegate.go): runc, in here, would
	// insist on one in every hierarchy that it sees.
	_ = syscall.Unmount("/sys/fs/cgroup/blkio", syscall.MNT_DETACH)
	// Programs such as `ip netns exec` unmount /sys before they mount it anew, and the kernel lets a user namespace mount
	// it only while it sees another.
	if os.Mkdir(spareSysfs, 0o555) == nil {
		_ = syscall.Mount("sysfs", spareSysfs, "sysfs", syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, "")
	}
}
