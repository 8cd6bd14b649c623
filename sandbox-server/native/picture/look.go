package picture

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"time"
)

// Eye looks at one sandbox. What it reads it has open since the sandbox's start: nothing that is mounted over it later is
// read. Not safe for several goroutines.
type Eye struct {
	proc       int
	meters     *meters
	containers containers
	kernel     string
	// users tells the names of user ids as the sandbox's own accounts have them.
	users func() map[int]string
}

// Open prepares to look from process 1. `engine` is the folder of the engine's data, or empty.
func Open(engine string, users func() map[int]string) (*Eye, error) {
	proc, err := syscall.Open("/proc", syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	folder := -1
	if engine != "" {
		if folder, err = syscall.Open(engine, syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0); err != nil {
			folder = -1
		}
	}
	return &Eye{
		proc:       proc,
		meters:     openMeters("/sys/fs/cgroup/"),
		containers: containers{folder: folder, known: map[string]*Container{}},
		kernel:     kernelRelease(),
		users:      users,
	}, nil
}

var errNothing = errors.New("no process could be read")

// Look reads everything. The engine is the caller's to tell.
func (e *Eye) Look() (*Picture, error) {
	all, left, err := readProcesses(e.proc)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 || all[0].Number != 1 {
		return nil, errNothing
	}
	users := e.users()
	for _, one := range all {
		one.User = userName(users, one.uid)
	}
	room := maxBoxes
	outermost := boxes(all).drawn(&room, func(first *process) *Container { return e.containers.of(e.proc, first.Number) })
	outermost.More += left
	name, _ := os.Hostname()
	return &Picture{Kernel: e.kernel, Hostname: printable(name, 64), Use: e.meters.read(time.Now()), Box: outermost}, nil
}

// Glance is what changes when something happened in the sandbox by itself. It costs a hundredth of a look.
type Glance struct {
	// newest is the number of the process that was made last, in whichever pid namespace.
	newest string
	use    Use
}

// Glance looks whether to look.
func (e *Eye) Glance() Glance {
	load, _ := readAt(e.proc, "loadavg")
	field := strings.Fields(load)
	glance := Glance{use: e.meters.read(time.Now())}
	if len(field) > 0 {
		glance.newest = field[len(field)-1]
	}
	return glance
}
