package launch

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// CgroupSpec is where the sandbox's cgroups are made and what they limit.
//
// A sandbox has PARENT/ID with the limits of all, and below it `init` for process 1 and `learner` for everything else
// with slightly lower limits: whatever the learner does, init can still fork and allocate.
type CgroupSpec struct {
	// Parent is the path in each hierarchy, from its root.
	Parent      string  `json:"parent"`
	MemoryBytes int64   `json:"memoryBytes"`
	CPUs        float64 `json:"cpus"`
	Processes   int64   `json:"processes"`
	// BytesPerSecond limits reading from, and writing to, the sandbox's disk. 0: no limit.
	BytesPerSecond int64 `json:"bytesPerSecond"`
	// HelperBytes is for what runs beside the sandbox on its behalf, in its groups but not in the learner's. 0: nothing does.
	HelperBytes int64 `json:"helperBytes"`
	// Delegate lets the sandbox's root make cgroups of its own below `learner`, and write none of the limits above.
	Delegate bool `json:"delegate"`
}

const (
	// initMemory is what init has beyond the learner's limit, in bytes: its soft heap limit and its code.
	initMemory = 32 << 20
	// initProcesses is what init has beyond the learner's limit: its threads and the children on their way.
	initProcesses = 64
	// helperProcesses is for what runs beside the sandbox.
	helperProcesses = 32
	// cpuPeriod is over what time processor time is counted, in microseconds. Who has used up theirs stands still until the
	// next begins; before that, they may keep all processors busy at once. So it is short for the neighbours' sake: within
	// the kernel's default of 100 ms, everybody may have to wait for half of it.
	cpuPeriod = 10_000
	// The kernel gives time out in pieces of 5 ms: who has less than one in a period is counted over a longer one, or would
	// not get all of theirs.
	longCPUPeriod = 100_000
	shortQuota    = 5_000
	// initCPUs is what init, and what runs beside the sandbox for it, have beyond the learner's limit: where that is used up,
	// a key's echo would wait for the next period.
	initCPUs = 0.5
)

// allMemory and allProcesses are the limits of all groups of a sandbox together.
func (c CgroupSpec) allMemory() int64 { return c.MemoryBytes + initMemory + c.HelperBytes }

func (c CgroupSpec) allProcesses() int64 {
	if c.HelperBytes > 0 {
		return c.Processes + initProcesses + helperProcesses
	}
	return c.Processes + initProcesses
}

// cgroups are the host's hierarchies.
type cgroups struct {
	// unified is the mount point of version 2 where it holds the controllers; empty otherwise.
	unified string
	// v1 are the mount points of version 1, by controller.
	v1 map[string]string
}

// separated are the version 1 controllers in which init and the learner are apart.
func (c *cgroups) separated() []string {
	if c.v1["cpu"] == "" {
		return []string{"memory", "pids"}
	}
	return []string{"memory", "pids", "cpu"}
}

// limitCPUs sets how much processor time a group and all below it have. The supervisor lowers the learner's later
// (setProcessors, cgroups.ts).
func (c *cgroups) limitCPUs(dir string, cpus float64) error {
	period := float64(cpuPeriod)
	if cpus*period < shortQuota {
		period = longCPUPeriod
	}
	quota := int64(cpus * period)
	if c.unified != "" {
		if err := write(dir, "cpu.max", fmt.Sprintf("%d %d", quota, int64(period))); err != nil {
			return err
		}
		_ = write(dir, "cpu.max.burst", number(quota))
		return nil
	}
	if err := write(dir, "cpu.cfs_period_us", number(int64(period))); err != nil {
		return err
	}
	if err := write(dir, "cpu.cfs_quota_us", number(quota)); err != nil {
		return err
	}
	// What was not used in one period may be used in the next: who works in short bursts notices none of this.
	_ = write(dir, "cpu.cfs_burst_us", number(quota))
	return nil
}

func findCgroups() (*cgroups, error) {
	file, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return cgroupsIn(file)
}

// cgroupsIn reads a table such as /proc/self/mountinfo.
func cgroupsIn(mountinfo io.Reader) (*cgroups, error) {
	found := &cgroups{v1: map[string]string{}}
	lines := bufio.NewScanner(mountinfo)
	for lines.Scan() {
		before, after, ok := strings.Cut(lines.Text(), " - ")
		mount, rest := strings.Fields(before), strings.Fields(after)
		if !ok || len(mount) < 5 || len(rest) < 3 {
			continue
		}
		switch rest[0] {
		case "cgroup2":
			if controllers, err := os.ReadFile(mount[4] + "/cgroup.controllers"); err == nil && strings.Contains(string(controllers), "memory") {
				found.unified = mount[4]
			}
		case "cgroup":
			for _, option := range strings.Split(rest[2], ",") {
				found.v1[option] = mount[4]
			}
		}
	}
	if found.unified == "" && (found.v1["memory"] == "" || found.v1["pids"] == "") {
		return nil, failure("start-failed", "this host has no memory and pids cgroup controllers")
	}
	return found, nil
}

// create makes the sandbox's cgroups and returns the open files by which init puts a child into `learner`.
func (c *cgroups) create(spec *Spec, device string) ([]*os.File, error) {
	var err error
	var files []*os.File
	if c.unified != "" {
		files, err = c.createUnified(spec, device)
	} else {
		files, err = c.createV1(spec, device)
	}
	if err != nil {
		return nil, failure("start-failed", "limits: %w", err)
	}
	return files, nil
}

func (c *cgroups) createUnified(spec *Spec, device string) ([]*os.File, error) {
	limits := spec.Cgroup
	parent := filepath.Join(c.unified, limits.Parent)
	own := filepath.Join(parent, spec.ID)
	if err := os.MkdirAll(own, 0o755); err != nil {
		return nil, err
	}
	for _, dir := range append(ancestors(c.unified, parent), own) {
		for _, controller := range []string{"memory", "pids", "cpu", "io"} {
			err := write(dir, "cgroup.subtree_control", "+"+controller)
			if err != nil && controller != "io" {
				return nil, fmt.Errorf("controller %s: %w", controller, err)
			}
		}
	}
	learner := filepath.Join(own, "learner")
	home := learner
	if limits.Delegate {
		home = filepath.Join(learner, session)
	}
	for _, dir := range []string{filepath.Join(own, "init"), home} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
	}
	for _, setting := range []struct{ dir, file, value string }{
		{own, "memory.max", number(limits.allMemory())},
		{own, "memory.oom.group", "0"},
		{own, "pids.max", number(limits.allProcesses())},
		{learner, "memory.max", number(limits.MemoryBytes)},
		{learner, "pids.max", number(limits.Processes)},
	} {
		if err := write(setting.dir, setting.file, setting.value); err != nil {
			return nil, err
		}
	}
	if err := c.limitCPUs(own, limits.CPUs+initCPUs); err != nil {
		return nil, err
	}
	if err := c.limitCPUs(learner, limits.CPUs); err != nil {
		return nil, err
	}
	// Hosts without swap have no such file.
	_ = write(own, "memory.swap.max", "0")
	c.limitDisk(spec, device)
	procs, err := os.OpenFile(filepath.Join(home, "cgroup.procs"), os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	return []*os.File{procs}, nil
}

// ancestors lists the directories from root's own down to parent, all of which must pass the controllers on.
func ancestors(root, parent string) []string {
	dirs := []string{root}
	relative, err := filepath.Rel(root, parent)
	if err != nil || relative == "." {
		return dirs
	}
	for _, part := range strings.Split(relative, "/") {
		dirs = append(dirs, filepath.Join(dirs[len(dirs)-1], part))
	}
	return dirs
}

func (c *cgroups) createV1(spec *Spec, device string) ([]*os.File, error) {
	limits := spec.Cgroup
	dir := func(controller, name string) string {
		return filepath.Join(c.v1[controller], limits.Parent, spec.ID, name)
	}
	for _, controller := range c.separated() {
		for _, name := range []string{"init", "learner"} {
			if err := os.MkdirAll(dir(controller, name), 0o755); err != nil {
				return nil, err
			}
		}
	}
	for _, setting := range []struct{ controller, name, file, value string }{
		{"memory", "", "memory.limit_in_bytes", number(limits.allMemory())},
		{"memory", "learner", "memory.limit_in_bytes", number(limits.MemoryBytes)},
		{"pids", "", "pids.max", number(limits.allProcesses())},
		{"pids", "learner", "pids.max", number(limits.Processes)},
	} {
		if err := write(dir(setting.controller, setting.name), setting.file, setting.value); err != nil {
			return nil, err
		}
	}
	// Memory and swap together: no swap. The file is missing where swap accounting is off, and swap then too.
	_ = write(dir("memory", "learner"), "memory.memsw.limit_in_bytes", number(limits.MemoryBytes))
	// On version 1 the buffers of TCP connections are counted only where they are limited on their own.
	_ = write(dir("memory", "learner"), "memory.kmem.tcp.limit_in_bytes", number(limits.MemoryBytes/4))
	if c.v1["cpu"] != "" {
		if err := c.limitCPUs(dir("cpu", ""), limits.CPUs+initCPUs); err != nil {
			return nil, err
		}
		if err := c.limitCPUs(dir("cpu", "learner"), limits.CPUs); err != nil {
			return nil, err
		}
	}
	c.limitDisk(spec, device)
	var files []*os.File
	for _, controller := range c.separated() {
		// `tasks` moves the one thread that is about to execute, without the kernel's lock over all thread groups.
		file, err := os.OpenFile(filepath.Join(dir(controller, "learner"), "tasks"), os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// moveInit takes process 1 out of the learner's cgroup, where the runtime put it and its cgroup namespace is rooted.
func (c *cgroups) moveInit(spec *Spec, pid int) error {
	if c.unified != "" {
		return write(filepath.Join(c.unified, spec.Cgroup.Parent, spec.ID, "init"), "cgroup.procs", strconv.Itoa(pid))
	}
	for _, controller := range c.separated() {
		if err := write(filepath.Join(c.v1[controller], spec.Cgroup.Parent, spec.ID, "init"), "cgroup.procs", strconv.Itoa(pid)); err != nil {
			return err
		}
	}
	return nil
}

func write(dir, file, value string) error {
	return os.WriteFile(filepath.Join(dir, file), []byte(value), 0)
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
