package pid1

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// ended says how a process ended: an exit status, or the signal that ended it.
type ended struct {
	status int
	signal syscall.Signal
}

// reaper waits for every child of process 1: those that init started, and the orphans of the whole sandbox.
type reaper struct {
	mu      sync.Mutex
	waiting map[int]chan ended
	// killed is told, without waiting, when some process was ended by SIGKILL: perhaps for lack of memory.
	killed chan struct{}
	// reaped is called, and must not wait, when some process has ended.
	reaped func()
}

func newReaper(reaped func()) *reaper {
	return &reaper{waiting: map[int]chan ended{}, killed: make(chan struct{}, 1), reaped: reaped}
}

// start starts a process and returns its id and where its end will be told.
func (r *reaper) start(path string, argv []string, attr *syscall.ProcAttr) (int, <-chan ended, error) {
	// The lock is held over the fork: a child that ends at once must not be reaped before it is known.
	r.mu.Lock()
	defer r.mu.Unlock()
	pid, err := syscall.ForkExec(path, argv, attr)
	if err != nil {
		return 0, nil, err
	}
	end := make(chan ended, 1)
	r.waiting[pid] = end
	return pid, end, nil
}

func (r *reaper) run() {
	children := make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	for range children {
		for r.reapOne() {
		}
	}
}

func (r *reaper) reapOne() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	var status syscall.WaitStatus
	pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
	if err == syscall.EINTR {
		return true
	}
	if err != nil || pid <= 0 {
		return false
	}
	r.reaped()
	how := ended{status: status.ExitStatus()}
	if status.Signaled() {
		how = ended{status: -1, signal: status.Signal()}
		if how.signal == syscall.SIGKILL {
			select {
			case r.killed <- struct{}{}:
			default:
			}
		}
	}
	if end, ok := r.waiting[pid]; ok {
		delete(r.waiting, pid)
		end <- how
	}
	return true
}
