package launch

import (
	"errors"
	"os"
	"path/filepath"
)

// session is the cgroup of a delegating sandbox's processes on version 2, where a cgroup that has controllers for its
// children may have no processes itself.
const session = "session"

const (
	// maxCgroups bounds the cgroups that a sandbox makes, on version 2: each takes memory of the kernel's.
	maxCgroups = 512
	// maxCgroupDepth is how deep they may be nested: an engine within an engine, and room.
	maxCgroupDepth = 16
)

// delegate makes the sandbox's root the owner of the cgroup that its cgroup namespace begins at: it may make others below
// and move its processes there. The files that hold the limits stay the host's.
func (c *cgroups) delegate(spec *Spec) error {
	if c.unified != "" {
		return c.delegateUnified(spec)
	}
	done := map[string]bool{}
	for controller, mount := range c.v1 {
		dir := filepath.Join(mount, spec.Cgroup.Parent, spec.ID, "learner")
		// blkio's limits do not hold below the cgroup that they are set for: a cgroup of one's own would be a way out.
		if controller == "blkio" || done[dir] || sameMount(c.v1["blkio"], mount) {
			continue
		}
		done[dir] = true
		if err := give(spec.IDs.Base, dir, "cgroup.procs", "tasks"); err != nil {
			return err
		}
	}
	return nil
}

func sameMount(a, b string) bool { return a != "" && a == b }

func (c *cgroups) delegateUnified(spec *Spec) error {
	learner := filepath.Join(c.unified, spec.Cgroup.Parent, spec.ID, "learner")
	for _, controller := range []string{"memory", "pids", "cpu", "io", "cpuset"} {
		// The last two are not everywhere.
		if err := write(learner, "cgroup.subtree_control", "+"+controller); err != nil && controller != "io" && controller != "cpuset" {
			return err
		}
	}
	for file, bound := range map[string]int64{"cgroup.max.descendants": maxCgroups, "cgroup.max.depth": maxCgroupDepth} {
		if err := write(learner, file, number(bound)); err != nil {
			return err
		}
	}
	for _, dir := range []string{learner, filepath.Join(learner, session)} {
		if err := give(spec.IDs.Base, dir, "cgroup.procs", "cgroup.threads", "cgroup.subtree_control"); err != nil {
			return err
		}
	}
	return nil
}

// give makes id the owner of a directory and of the named files in it.
func give(id int, dir string, files ...string) error {
	if err := os.Chown(dir, id, id); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil // a hierarchy that the runtime does not use
		}
		return err
	}
	for _, file := range files {
		if err := os.Chown(filepath.Join(dir, file), id, id); err != nil {
			return err
		}
	}
	return nil
}
