package pid1

import (
	"bufio"
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

// counter is a number in a cgroup file that grows with each trouble of the whole sandbox's; the first place that exists
// counts. Where the learner has cgroups of their own below, a limit of one of those is no trouble of the sandbox's:
// memory.events would count it too, memory.events.local does not.
type counter struct {
	notice string
	places [][2]string // file, key
}

var counters = []counter{
	{"out-of-memory", [][2]string{
		{"/sys/fs/cgroup/memory.events.local", "oom"}, {"/sys/fs/cgroup/memory/memory.oom_control", "oom_kill"},
	}},
	{"too-many-processes", [][2]string{
		// Before kernel 6.11 a failed fork counts where the process is, whosever limit it met.
		{"/sys/fs/cgroup/pids.events.local", "max"}, {"/sys/fs/cgroup/session/pids.events", "max"},
		{"/sys/fs/cgroup/pids.events", "max"}, {"/sys/fs/cgroup/pids/pids.events", "max"},
	}},
}

// trouble notices that the learner met a limit. Nothing is polled: it looks when a terminal printed or a process was
// killed, for a program that met a limit says something or dies.
type trouble struct {
	announce func(any)

	mu       sync.Mutex
	pending  bool
	last     time.Time
	seen     map[string]int64
	diskFull bool
}

func newTrouble(killed <-chan struct{}, announce func(any)) *trouble {
	t := &trouble{announce: announce, seen: map[string]int64{}}
	for _, c := range counters {
		t.seen[c.notice] = c.read()
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
		if now := c.read(); now > t.seen[c.notice] {
			t.seen[c.notice] = now
			notices = append(notices, c.notice)
		}
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

func (c counter) read() int64 {
	for _, place := range c.places {
		file, err := openRegular(place[0])
		if err != nil {
			continue
		}
		defer file.Close()
		lines := bufio.NewScanner(file)
		for lines.Scan() {
			if key, value, ok := strings.Cut(lines.Text(), " "); ok && key == place[1] {
				n, _ := strconv.ParseInt(value, 10, 64)
				return n
			}
		}
	}
	return 0
}

func diskIsFull(path string) bool {
	var fs syscall.Statfs_t
	if syscall.Statfs(path, &fs) != nil || fs.Blocks == 0 {
		return false
	}
	return fs.Bavail < fs.Blocks/fullBelow || fs.Ffree == 0 && fs.Files > 0
}
