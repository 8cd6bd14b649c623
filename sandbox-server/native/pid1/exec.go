package pid1

import (
	"encoding/json"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"slipway/child"
	"slipway/frame"
)

// serveExec runs one command to its end. Its process group dies with the connection or at its time limit.
func (b *sandbox) serveExec(s *stream, ask request) {
	u := lookUpLearner()
	if ask.Root {
		u = rootUser
	}
	if len(ask.Argv) == 0 {
		s.refuse("bad-request", "exec needs argv")
		return
	}
	var extra []string
	for key, value := range ask.Env {
		extra = append(extra, key+"="+value)
	}
	argv := append([]string{}, ask.Argv...)
	if argv[0] = find(argv[0]); argv[0] == "" {
		s.refuse("not-found", "no such program in the sandbox: "+ask.Argv[0])
		return
	}
	spec := specFor(u, argv, u.environment(extra...))
	if ask.Cwd != "" {
		spec.Dir = ask.Cwd
	}
	b.run(s, spec, time.Duration(ask.TimeoutMs)*time.Millisecond)
}

func (b *sandbox) serveArchive(s *stream) {
	u := lookUpLearner()
	spec := specFor(u, nil, u.environment())
	spec.Archive = u.home
	b.run(s, spec, 0)
}

// run connects a child's standard files with the stream until the child has ended and all of its output was sent.
func (b *sandbox) run(s *stream, spec child.Spec, limit time.Duration) {
	var pipes [3][2]*os.File
	defer func() {
		for _, pair := range pipes {
			for _, file := range pair {
				if file != nil {
					file.Close()
				}
			}
		}
	}()
	for i := range pipes {
		r, w, err := os.Pipe()
		if err != nil {
			s.refuse("failed", err.Error())
			return
		}
		pipes[i] = [2]*os.File{r, w}
	}
	stdin, stdout, stderr := pipes[0], pipes[1], pipes[2]
	pid, end, err := b.spawn(spec, [3]uintptr{stdin[0].Fd(), stdout[1].Fd(), stderr[1].Fd()},
		&syscall.SysProcAttr{Setsid: true})
	if err != nil {
		s.refuse("failed", err.Error())
		return
	}
	stdin[0].Close()
	stdout[1].Close()
	stderr[1].Close()
	if s.accept(nil) != nil {
		_ = syscall.Kill(-pid, syscall.SIGKILL)
		return
	}

	var output sync.WaitGroup
	output.Add(2)
	go forward(s, frame.Data, stdout[0], &output)
	go forward(s, frame.ErrorData, stderr[0], &output)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		feed(s, stdin[1])
	}()

	var timer <-chan time.Time
	if limit > 0 {
		timer = time.After(limit)
	}
	timedOut := false
	var how ended
	select {
	case how = <-end:
	case <-timer:
		timedOut = true
		_ = syscall.Kill(-pid, syscall.SIGKILL)
		how = <-end
	case <-gone:
		_ = syscall.Kill(-pid, syscall.SIGKILL)
		return
	}
	// A grandchild may keep the pipes open for ever; the command has ended, so its group ends.
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	deadline := time.Now().Add(drainFor)
	_ = stdout[0].SetReadDeadline(deadline)
	_ = stderr[0].SetReadDeadline(deadline)
	output.Wait()
	status, signal := outcome(how)
	_ = s.out.WriteJSON(map[string]any{"type": "ended", "status": status, "signal": signal, "timedOut": timedOut})
	// The other end may still be writing input, and would lose this answer with a connection that is closed over it.
	select {
	case <-gone:
	case <-time.After(lingerFor):
	}
}

// drainFor is how long output is still read after a command ended: what is in the pipes comes at once.
const drainFor = 500 * time.Millisecond

func forward(s *stream, kind frame.Kind, from *os.File, done *sync.WaitGroup) {
	defer done.Done()
	buffer := make([]byte, frame.MaxPayload)
	var rest drain
	for {
		n, err := rest.read(from, buffer)
		if n > 0 && s.out.Write(kind, buffer[:n]) != nil {
			return
		}
		if !rest.more(from, n, err) {
			return
		}
	}
}

// feed gives frames to the command's standard input until `eof`, then waits for the connection's end.
func feed(s *stream, stdin io.WriteCloser) {
	for {
		kind, payload, err := s.in.Read()
		if err != nil {
			stdin.Close()
			return
		}
		if kind == frame.Data {
			_, _ = stdin.Write(payload)
			continue
		}
		var ask struct {
			Type string `json:"type"`
		}
		if json.Unmarshal(payload, &ask) == nil && ask.Type == "eof" {
			stdin.Close()
		}
	}
}

// find looks a program up in the pinned path. An empty answer: there is none.
func find(name string) string {
	if strings.Contains(name, "/") {
		return name
	}
	for _, dir := range strings.Split(searchPath, ":") {
		path := dir + "/" + name
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path
		}
	}
	return ""
}
