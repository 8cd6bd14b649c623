package launch

import (
	"fmt"
	"os"
	"path/filepath"
)

const (
	// readSize and writeSize turn the rate of a disk into a number of operations: how large they are at the least on
	// average where the rate is to be reached. Small ones cost a disk, and its neighbours, as much as large ones. A
	// write that must be on the disk before the next (fsync) is several, and keeps the whole host's journal busy.
	readSize  = 32 << 10
	writeSize = 128 << 10
	// leastOperations is enough for a learner who waits for each.
	leastOperations = 100
	// dirtyPercent is how much of what the whole host may have unwritten in memory is one sandbox's.
	dirtyPercent = 10
)

// limitDisk bounds the throughput of the sandbox's disk. It is no promise: kernels differ in what they can. The sandbox's
// group names the device, for whoever takes the limits off again (disk-rate.ts): others use it afterwards.
func (c *cgroups) limitDisk(spec *Spec, device string) {
	rate := spec.Cgroup.BytesPerSecond
	if rate <= 0 {
		return
	}
	reads, writes := operations(rate, readSize), operations(rate, writeSize)
	if c.unified != "" {
		own := filepath.Join(c.unified, spec.Cgroup.Parent, spec.ID)
		_ = write(own, "io.max", fmt.Sprintf("%s rbps=%d wbps=%d riops=%d wiops=%d", device, rate, rate, reads, writes))
	} else if root := c.v1["blkio"]; root != "" {
		learner := filepath.Join(root, spec.Cgroup.Parent, spec.ID, "learner")
		// A group's limits hold for the processes in that one and none below it. What went through the page cache is
		// written by the kernel on nobody's account, which is the root's: for this one device, that is the sandbox.
		if os.MkdirAll(learner, 0o755) == nil {
			throttle(learner, device, "read", rate, reads)
			throttle(learner, device, "write", rate, writes)
		}
		throttle(root, device, "write", rate, writes)
	}
	// Who may write slowly must not fill what all may have unwritten, or the kernel would hold everybody back.
	unwritten := filepath.Join("/sys/class/bdi", device)
	_ = write(unwritten, "max_ratio", number(dirtyPercent))
	_ = write(unwritten, "strict_limit", "1")
}

func operations(rate, size int64) int64 {
	if rate/size < leastOperations {
		return leastOperations
	}
	return rate / size
}

func throttle(group, device, direction string, bytes, operations int64) {
	_ = write(group, "blkio.throttle."+direction+"_bps_device", fmt.Sprintf("%s %d", device, bytes))
	_ = write(group, "blkio.throttle."+direction+"_iops_device", fmt.Sprintf("%s %d", device, operations))
}
