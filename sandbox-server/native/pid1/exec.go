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

// learnersHome, as a working directory, is the home that the image's accounts tell.
const learnersHome = "~"

// serveExec runs one command to its end. Its process group dies with the connection, at its time limit, where it prints
// more than it may, and, unless daemons may stay, when it has ended.
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
	switch ask.Cwd {
	case "":
	case learnersHome:
		spec.Dir = lookUpLearner().home
	default:
		spec.Dir = ask.Cwd
	}
	limits := limits{time: time.Duration(ask.TimeoutMs) * time.Millisecond, output: ask.MaxOutputBytes, daemons: ask.Daemons}
	b.run(s, spec, limits)
}

func (b *sandbox) serveArchive(s *stream) {
	u := lookUpLearner()
	spec := specFor(u, nil, u.environment())
	spec.Archive = u.home
	b.run(s, spec, limits{})
}

// serveUnpack lays what comes as a tar stream into the learner's home.
func (b *sandbox) serveUnpack(s *stream) {
	u := lookUpLearner()
	spec := specFor(u, nil, u.environment())
	spec.Unpack = u.home
	b.run(s, spec, limits{})
}

// limits of a command. Of time and output, 0 is no limit.
type limits struct {
	time time.Duration
	// output bounds each of the two outputs, in bytes.
	output int64
	// daemons: what the command leaves behind in its process group goes on, and what that prints is dropped.
	daemons bool
}

// run connects a child's standard files with the stream until the child has ended and all of its output was sent.
func (b *sandbox) run(s *stream, spec child.Spec, limits limits) {
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
	flooded := make(chan struct{}, 2)
	for kind, from := range map[frame.Kind]*os.File{frame.Data: stdout[0], frame.ErrorData: stderr[0]} {
		output.Add(1)
		go func(kind frame.Kind, from *os.File) {
			defer output.Done()
			if !forward(s, kind, from, limits.output) {
				flooded <- struct{}{}
			}
		}(kind, from)
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		feed(s, stdin[1])
	}()

	var timer <-chan time.Time
	if limits.time > 0 {
		timer = time.After(limits.time)
	}
	timedOut, tooMuch := false, false
	var how ended
	select {
	case how = <-end:
	case <-timer:
		timedOut = true
		_ = syscall.Kill(-pid, syscall.SIGKILL)
		how = <-end
	case <-flooded:
		tooMuch = true
		_ = syscall.Kill(-pid, syscall.SIGKILL)
		how = <-end
	case <-gone:
		_ = syscall.Kill(-pid, syscall.SIGKILL)
		return
	}
	drained := drainFor
	if limits.daemons && !timedOut && !tooMuch {
		drained = drainAgain
	} else {
		// A grandchild may keep the pipes open for ever; the command has ended, so its group ends.
		_ = syscall.Kill(-pid, syscall.SIGKILL)
	}
	deadline := time.Now().Add(drained)
	_ = stdout[0].SetReadDeadline(deadline)
	_ = stderr[0].SetReadDeadline(deadline)
	output.Wait()
	tooMuch = tooMuch || len(flooded) > 0
	status, signal := outcome(how)
	_ = s.out.WriteJSON(map[string]any{
		"type": "ended", "status": status, "signal": signal, "timedOut": timedOut, "flooded": tooMuch,
	})
	if limits.daemons {
		// A daemon that prints would be ended by the first byte that nobody can read.
		for _, pair := range []*[2]*os.File{&pipes[1], &pipes[2]} {
			go discard(pair[0])
			pair[0] = nil
		}
	}
	// The other end may still be writing input, and would lose this answer with a connection that is closed over it.
	select {
	case <-gone:
	case <-time.After(lingerFor):
	}
}

// drainFor is how long output is still read after a command ended: what is in the pipes comes at once.
const drainFor = 500 * time.Millisecond

// forward sends output until it ends. False: it was more than `most` bytes, which were sent and nothing after them.
func forward(s *stream, kind frame.Kind, from *os.File, most int64) bool {
	buffer := make([]byte, frame.MaxPayload)
	var rest drain
	sent := int64(0)
	for {
		n, err := rest.read(from, buffer)
		piece := buffer[:n]
		if most > 0 && int64(n) > most-sent {
			piece = buffer[:most-sent]
		}
		if len(piece) > 0 && s.out.Write(kind, piece) != nil {
			return true
		}
		if sent += int64(len(piece)); len(piece) < n {
			return false
		}
		if !rest.more(from, n, err) {
			return true
		}
	}
}

// discard reads what daemons print as long as there are any.
func discard(from *os.File) {
	defer from.Close()
	_ = from.SetReadDeadline(time.Time{})
	_, _ = io.Copy(io.Discard, from)
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
