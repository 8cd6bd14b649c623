package pid1

import (
	"bufio"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// lookEvery bounds how often the counters are read; a learner reads a notice no faster.
	lookEvery = 500 * time.Millisecond
	// fullBelow is the free part of the disk under which it counts as full: 1/200, ext4's usual last blocks.
	fullBelow = 200
)

// counter tells of one trouble of the whole sandbox's by numbers of cgroup files: when all of them have grown there was
// one. Where the learner has cgroups of their own below, a limit of one of those is no trouble of the sandbox's.
type counter struct {
	notice  string
	numbers func() []int64
}

const (
	unifiedGroup = "/sys/fs/cgroup/"
	memoryGroup  = "/sys/fs/cgroup/memory/"
	pidsGroup    = "/sys/fs/cgroup/pids/"
)

var counters = []counter{
	{"out-of-memory", func() []int64 {
		// memory.events would count the limits of cgroups below too.
		if n, ok := numberIn(unifiedGroup+"memory.events.local", "oom"); ok {
			return []int64{n}
		}
		return outOfMemoryV1(memoryGroup)
	}},
	{"too-many-processes", func() []int64 {
		for _, path := range []string{
			// Before kernel 6.11 a failed fork counts where the process is, whosever limit it met.
			unifiedGroup + "pids.events.local", unifiedGroup + "session/pids.events", unifiedGroup + "pids.events",
			pidsGroup + "pids.events",
		} {
			if n, ok := numberIn(path, "max"); ok {
				return []int64{n}
			}
		}
		return nil
	}},
}

// outOfMemoryV1 returns how many processes were killed in a version 1 group and all below it, where the kernel counts them
// by the group of the killed, and how often the group met its own limit. A group that is gone has taken its count along: a
// container that ended with its first process is not told of.
func outOfMemoryV1(group string) []int64 {
	kills := int64(0)
	_ = filepath.WalkDir(group, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Name() == "memory.oom_control" {
			n, _ := numberIn(path, "oom_kill")
			kills += n
		}
		return nil
	})
	met, _ := numberIn(group+"memory.failcnt", "")
	return []int64{kills, met}
}

// trouble notices that the learner met a limit. Nothing is polled: it looks when a terminal printed or a process was
// killed, for a program that met a limit says something or dies.
type trouble struct {
	announce func(any)

	mu       sync.Mutex
	pending  bool
	last     time.Time
	seen     map[string][]int64
	diskFull bool
}

func newTrouble(killed <-chan struct{}, announce func(any)) *trouble {
	t := &trouble{announce: announce, seen: map[string][]int64{}}
	for _, c := range counters {
		t.seen[c.notice] = c.numbers()
	}
	go func() {
		for range killed {
			t.look()
		}
	}()
	return t
}

// look reads the counters soon, at most every lookEvery.
func (t *trouble) look() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.pending {
		return
	}
	t.pending = true
	wait := lookEvery - time.Since(t.last)
	if wait < 50*time.Millisecond {
		wait = 50 * time.Millisecond // the kernel counts a kill shortly after the words about it
	}
	time.AfterFunc(wait, t.read)
}

func (t *trouble) read() {
	t.mu.Lock()
	t.pending = false
	t.last = time.Now()
	var notices []string
	for _, c := range counters {
		now := c.numbers()
		if allGrew(t.seen[c.notice], now) {
			notices = append(notices, c.notice)
		}
		t.seen[c.notice] = now
	}
	full := diskIsFull("/")
	if full && !t.diskFull {
		notices = append(notices, "disk-full")
	}
	t.diskFull = full
	t.mu.Unlock()
	for _, notice := range notices {
		t.announce(noticeEvent(notice))
	}
}

func allGrew(before, now []int64) bool {
	if len(now) == 0 || len(before) != len(now) {
		return false
	}
	for i := range now {
		if now[i] <= before[i] {
			return false
		}
	}
	return true
}

// numberIn reads the number that follows the key in a file of lines `KEY NUMBER`; without a key, the file's only number.
func numberIn(path, key string) (int64, bool) {
	file, err := openRegular(path)
	if err != nil {
		return 0, false
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), " ")
		if key == "" {
			name, value, ok = "", lines.Text(), true
		}
		if ok && name == key {
			n, err := strconv.ParseInt(value, 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}

func diskIsFull(path string) bool {
	var fs syscall.Statfs_t
	if syscall.Statfs(path, &fs) != nil || fs.Blocks == 0 {
		return false
	}
	return fs.Bavail < fs.Blocks/fullBelow || fs.Ffree == 0 && fs.Files > 0
}
