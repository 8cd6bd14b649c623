package pid1

import (
	"crypto/rand"
	"encoding/hex"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// holdWindow is how far output runs ahead of the slowest viewer, in bytes. With what the socket holds it stays far
	// below ringSize, so that nothing is overwritten that an attached viewer has not got.
	holdWindow = 128 << 10
	// stuckAfter is when a viewer that takes nothing while the others wait loses its connection. The gateway detaches
	// slow pages itself and sooner: this is for a gateway that hangs.
	stuckAfter = 15 * time.Second
	// readSize is one read of a busy terminal; the kernel seldom gives more than 4 KiB at once.
	readSize = 32 << 10
)

// terminal is a shell under a pseudo-terminal, with its recent output and whoever looks at it.
type terminal struct {
	box  *sandbox
	name string

	mu      sync.Mutex
	changed *sync.Cond
	// shell is the identity of this run; all below belongs to it.
	shell   string
	pid     int
	master  *os.File
	output  ring
	tracker *tracker
	prompt  *prompt
	size    size
	exit    *ended
	// before is what the first shell's output begins with: that of the terminal before the sandbox was stopped.
	before []byte
	// closed: it was hung up and the sandbox does not know it any more.
	closed  bool
	viewers map[*viewer]struct{}
}

func newTerminal(box *sandbox, name string, first size) *terminal {
	t := &terminal{box: box, name: name, size: first, viewers: map[*viewer]struct{}{}}
	t.changed = sync.NewCond(&t.mu)
	return t
}

// start starts a new shell; the one before must have ended. Called with the lock held.
func (t *terminal) start() error {
	learner := lookUpLearner()
	master, slave, err := openPTY(learner.uid)
	if err != nil {
		return err
	}
	defer slave.Close()
	setSize(master, t.size)
	argv := []string{learner.shell}
	if strings.HasSuffix(learner.shell, "/bash") {
		argv = append(argv, "-i")
	}
	env := learner.environment("TERM=xterm-256color", "COLORTERM=truecolor", "SLIPWAY_TERMINAL="+t.name)
	tty := slave.Fd()
	pid, end, err := t.box.spawn(specFor(learner, argv, env), [3]uintptr{tty, tty, tty},
		&syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0})
	if err != nil {
		master.Close()
		return err
	}
	box, name := t.box, t.name
	t.shell, t.pid, t.master, t.exit = newShellID(), pid, master, nil
	t.output = ring{}
	if len(t.before) > 0 {
		t.output.write(t.before)
		t.before = nil
	}
	t.prompt = newPrompt(pid, master, func(event map[string]any) {
		t.tell(event)
		box.watchers.tell(name, event)
	})
	t.tracker = newTracker(t.prompt.mark)
	shellEnd := make(chan ended, 1)
	go func() {
		how := <-end
		// What the shell printed last is read; a process it left behind may hold the terminal open for ever.
		_ = master.SetReadDeadline(time.Now().Add(drainFor))
		shellEnd <- how
	}()
	go t.pump(master, shellEnd)
	return nil
}

// pump reads the shell's output until it ends. It stops reading while a viewer is too far behind: the kernel then stops
// the program that prints.
func (t *terminal) pump(master *os.File, end <-chan ended) {
	buffer := make([]byte, readSize)
	var quiet *time.Timer
	var rest drain
	for {
		n, err := rest.read(master, buffer)
		if n > 0 {
			t.mu.Lock()
			t.waitForViewers()
			t.output.write(buffer[:n])
			t.prompt.printed()
			t.tracker.scan(buffer[:n])
			t.changed.Broadcast()
			t.mu.Unlock()
			t.box.trouble.look()
			t.box.pictures.look()
			if quiet == nil {
				quiet = time.AfterFunc(quietAfter, t.fellQuiet)
			} else {
				quiet.Reset(quietAfter)
			}
		}
		if !rest.more(master, n, err) {
			break // EIO: the last process that had the terminal open is gone; or silence after the shell's end
		}
	}
	if quiet != nil {
		quiet.Stop()
	}
	how := <-end
	t.mu.Lock()
	defer t.mu.Unlock()
	master.Close()
	t.exit = &how
	t.tell(exitedEvent(how))
}

// waitForViewers waits until every viewer is within the window. Called with the lock held.
func (t *terminal) waitForViewers() {
	for {
		slowest := t.slowest()
		if slowest == nil || t.closed || t.output.end-slowest.position <= holdWindow {
			return
		}
		if time.Since(slowest.moved) > stuckAfter {
			delete(t.viewers, slowest)
			slowest.close()
			continue
		}
		wake := time.AfterFunc(stuckAfter, t.changed.Broadcast)
		t.changed.Wait()
		wake.Stop()
	}
}

func (t *terminal) slowest() *viewer {
	var slowest *viewer
	for v := range t.viewers {
		if slowest == nil || v.position < slowest.position {
			slowest = v
		}
	}
	return slowest
}

func (t *terminal) fellQuiet() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.exit == nil {
		t.prompt.quiet()
	}
}

// tell puts an event behind what was printed so far, for every viewer. Called with the lock held.
func (t *terminal) tell(event any) {
	for v := range t.viewers {
		v.queue(t.output.end, event)
	}
	t.changed.Broadcast()
}

func (t *terminal) announce(event any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tell(event)
}

// fit applies the size policy: every viewer sees the whole screen, so the smallest decides. Called with the lock held.
func (t *terminal) fit() {
	var smallest size
	for v := range t.viewers {
		if smallest.Columns == 0 || v.size.Columns < smallest.Columns {
			smallest.Columns = v.size.Columns
		}
		if smallest.Rows == 0 || v.size.Rows < smallest.Rows {
			smallest.Rows = v.size.Rows
		}
	}
	if smallest.Columns == 0 || smallest == t.size {
		return
	}
	t.size = smallest
	if t.exit == nil {
		setSize(t.master, smallest)
	}
	t.tell(sizeEvent(smallest))
}

func (t *terminal) summary(name string) map[string]any {
	t.mu.Lock()
	defer t.mu.Unlock()
	return map[string]any{
		"name": name, "shell": t.shell, "end": t.output.end, "exited": t.exit != nil, "viewers": len(t.viewers),
	}
}

func newShellID() string {
	var id [8]byte
	_, _ = rand.Read(id[:])
	return hex.EncodeToString(id[:])
}
