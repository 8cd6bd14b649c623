package pid1

import (
	"syscall"
	"time"
)

// hangUpFor is how long a shell may take to end after its terminal was closed; bash ends at once and tells its jobs.
const hangUpFor = 2 * time.Second

// close ends a terminal as closing its window would, and gives its place free. False: unless held, and nothing was
// done. Viewers are told the shell's end, as of any other.
func (b *sandbox) close(name, unless string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, ok := b.terminals[name]
	if !ok {
		b.history.forget(name)
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.exit == nil && (unless == "running" || unless == "busy" && t.busy()) {
		return false
	}
	delete(b.terminals, name)
	b.history.forget(name)
	t.closed = true
	t.changed.Broadcast()
	if t.exit == nil {
		t.hangUp()
	}
	return true
}

// busy tells whether another program than the shell is in the foreground. Called with the lock held.
func (t *terminal) busy() bool {
	group := foreground(t.master)
	return group != 0 && group != t.pid
}

// hangUp closes the terminal: the kernel sends SIGHUP to the shell and to what is in the foreground. What ignores the
// signal goes on without a terminal, as it is meant to; the shell itself does not. Called with the lock held.
func (t *terminal) hangUp() {
	t.master.Close()
	time.AfterFunc(hangUpFor, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.exit == nil {
			_ = syscall.Kill(t.pid, syscall.SIGKILL)
		}
	})
}
