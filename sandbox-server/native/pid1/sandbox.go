package pid1

import (
	"encoding/json"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"slipway/child"
	"slipway/frame"
)

// protocolVersion changes when what init and the server say to each other does (INIT_PROTOCOL in frames.ts): an init
// that outlived an update is then ended, and the sandbox started over its disk.
const protocolVersion = 5

// maxTerminals bounds the memory of init: each holds up to ringSize of output.
const maxTerminals = 16

// sandbox is all that init holds.
type sandbox struct {
	reaper  *reaper
	cgroups []*os.File
	trouble *trouble
	history history
	// forwards is nil where the sandbox's profile has none.
	forwards *forwards
	watchers watchers
	problems problems
	pictures *pictures

	mu        sync.Mutex
	terminals map[string]*terminal
}

func newSandbox(reaper *reaper, pictures *pictures, cgroups []*os.File) *sandbox {
	box := &sandbox{
		reaper: reaper, pictures: pictures, cgroups: cgroups, history: history{root: "/"}, terminals: map[string]*terminal{},
	}
	box.trouble = newTrouble(reaper.killed, box.announce)
	return box
}

// request is a StreamRequest of frames.ts: the operation and its fields.
type request struct {
	Op        string            `json:"op"`
	Name      string            `json:"name"`
	From      *int64            `json:"from"`
	Shell     string            `json:"shell"`
	Columns   int               `json:"columns"`
	Rows      int               `json:"rows"`
	Argv      []string          `json:"argv"`
	Root      bool              `json:"root"`
	Cwd       string            `json:"cwd"`
	Env       map[string]string `json:"env"`
	TimeoutMs int64             `json:"timeoutMs"`
	// MaxOutputBytes bounds each of a command's two outputs; 0: nothing does.
	MaxOutputBytes int64  `json:"maxOutputBytes"`
	Daemons        bool   `json:"daemons"`
	Why            string `json:"why"`
	Unless         string `json:"unless"`
	Ticket         string `json:"ticket"`
	// Request is the id of the browser's request that it serves, if there is one.
	Request string `json:"request"`
}

// stream is one connection: its request was read, frames follow.
type stream struct {
	conn net.Conn
	in   *frame.Reader
	out  *frame.Writer
	// refused is called with the code of each refusal.
	refused func(code string)
}

func (s *stream) accept(fields map[string]any) error {
	answer := map[string]any{"ok": true}
	for key, value := range fields {
		answer[key] = value
	}
	return s.out.WriteJSON(answer)
}

func (s *stream) refuse(code, message string) {
	s.refused(code)
	_ = s.out.WriteJSON(map[string]any{"ok": false, "code": code, "message": message})
}

// sendUntilGone has `send` write until the other end has gone, whatever that still says. `stop` ends what send waits for.
func (s *stream) sendUntilGone(send func() error, stop func()) {
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		if send() != nil {
			s.conn.Close()
		}
	}()
	for {
		if _, _, err := s.in.Read(); err != nil {
			break
		}
	}
	s.conn.Close()
	stop()
	<-sent
}

// lingerFor is how long what still comes is read and dropped after a refusal.
const lingerFor = 200 * time.Millisecond

// linger reads on for a moment: a socket that is closed over unread input takes its last answer with it.
func (s *stream) linger() {
	_ = s.conn.SetReadDeadline(time.Now().Add(lingerFor))
	_, _ = io.Copy(io.Discard, s.conn)
}

func (b *sandbox) serve(conn net.Conn) {
	defer conn.Close()
	var ask request
	refused := func(code string) { b.problems.note(&b.watchers, ask, code) }
	s := &stream{conn: conn, in: frame.NewReader(conn), out: frame.NewWriter(conn), refused: refused}
	if err := s.in.Request(&ask); err != nil {
		s.refuse("bad-request", err.Error())
		s.linger()
		return
	}
	if b.forwards == nil && (ask.Op == "forwards" || ask.Op == "accept") {
		s.refuse("unsupported", "nothing is forwarded in a sandbox of this profile")
		return
	}
	switch ask.Op {
	case "terminal":
		b.serveTerminal(s, ask)
	case "close":
		_ = s.accept(map[string]any{"closed": b.close(ask.Name, ask.Unless)})
	case "exec":
		b.serveExec(s, ask)
	case "archive":
		b.serveArchive(s)
	case "unpack":
		b.serveUnpack(s)
	case "kill-all":
		// All processes of this pid namespace but the caller; one pass holds the kernel's task list, so that a fork bomb
		// cannot outrun it.
		if err := syscall.Kill(-1, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
			s.refuse("failed", err.Error())
			return
		}
		_ = s.accept(nil)
	case "forwards":
		b.forwards.serveControl(s)
	case "accept":
		b.forwards.serveAccept(s, ask.Ticket)
	case "save":
		b.serveSave(s, ask.Why)
	case "watch":
		b.serveWatch(s)
	case "picture":
		b.servePicture(s)
	case "status":
		_ = s.accept(b.status())
	default:
		s.refuse("bad-request", "no such operation")
	}
}

func (b *sandbox) status() map[string]any {
	b.mu.Lock()
	defer b.mu.Unlock()
	terminals := []map[string]any{}
	for name, t := range b.terminals {
		terminals = append(terminals, t.summary(name))
	}
	return map[string]any{"terminals": terminals, "protocol": protocolVersion}
}

// announce tells every viewer of every terminal.
func (b *sandbox) announce(notice any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.terminals {
		t.announce(notice)
	}
}

// spawn starts a child of init under the learner's limits. files become descriptors 0, 1 and 2; more follow the cgroup
// files.
func (b *sandbox) spawn(spec child.Spec, files [3]uintptr, sys *syscall.SysProcAttr, more ...uintptr) (int, <-chan ended, error) {
	spec.CgroupFiles = len(b.cgroups)
	text, err := json.Marshal(spec)
	if err != nil {
		return 0, nil, err
	}
	attr := &syscall.ProcAttr{Dir: "/", Env: spec.Env, Files: files[:], Sys: sys}
	for _, file := range b.cgroups {
		attr.Files = append(attr.Files, file.Fd())
	}
	attr.Files = append(attr.Files, more...)
	return b.reaper.start("/proc/self/exe", []string{"slipway", child.Command, string(text)}, attr)
}

func specFor(u user, argv, env []string) child.Spec {
	return child.Spec{Argv: argv, Env: env, Dir: u.home, UID: u.uid, GID: u.gid, Groups: u.groups, OutOfMemoryScore: child.OutOfMemoryScore}
}
