package pid1

import (
	"encoding/json"
	"errors"
	"net"
	"os"
	"regexp"
	"time"

	"slipway/frame"
)

// maxEvents is how many events wait for a viewer; a program that floods marks loses the oldest of them.
const maxEvents = 64

// viewer is one connection that looks at a terminal. All fields belong to the terminal's lock.
type viewer struct {
	stream   *stream
	position int64
	moved    time.Time
	size     size
	events   []event
	// attach asks for a new `attached`: at the beginning and when a new shell started.
	attach bool
	from   *int64
	shell  string
	closed bool
}

// event is told when all output below its position was sent.
type event struct {
	position int64
	body     any
}

func (v *viewer) queue(position int64, body any) {
	if len(v.events) >= maxEvents {
		v.events = v.events[1:]
	}
	v.events = append(v.events, event{position, body})
}

func (v *viewer) close() {
	v.closed = true
	_ = v.stream.conn.Close()
}

var terminalName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

func (b *sandbox) serveTerminal(s *stream, ask request) {
	first := size{ask.Columns, ask.Rows}
	if !terminalName.MatchString(ask.Name) || !first.valid() {
		s.refuse("bad-request", "a terminal needs a name (a-z, 0-9, -) and a size from 2 to 1000")
		return
	}
	t, code, err := b.terminal(ask.Name, first)
	if err != nil {
		s.refuse(code, err.Error())
		return
	}
	if s.accept(nil) != nil {
		return
	}
	v := &viewer{stream: s, size: first, attach: true, from: ask.From, shell: ask.Shell, moved: time.Now()}
	t.mu.Lock()
	t.viewers[v] = struct{}{}
	t.place(v)
	t.fit()
	t.mu.Unlock()
	go t.send(v)
	t.receive(v)
	t.mu.Lock()
	delete(t.viewers, v)
	v.close()
	t.fit()
	t.changed.Broadcast()
	t.mu.Unlock()
}

// terminal returns the terminal of this name; its shell is started where it never ran.
func (b *sandbox) terminal(name string, first size) (*terminal, string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t, ok := b.terminals[name]; ok {
		return t, "", nil
	}
	if len(b.terminals) >= maxTerminals {
		return nil, "too-many-terminals", errTooManyTerminals
	}
	t := newTerminal(b, name, first)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.before = b.history.before(name)
	if err := t.start(); err != nil {
		return nil, "shell-failed", err
	}
	b.history.begin(name)
	b.terminals[name] = t
	return t, "", nil
}

// place sets where the viewer goes on. Called with the lock held.
func (t *terminal) place(v *viewer) {
	from := int64(0)
	if v.from != nil && v.shell == t.shell {
		from = *v.from
	}
	cut := false
	v.position, cut = t.output.resume(from)
	v.attach = false
	v.events = nil
	modes := ""
	if cut {
		modes = t.tracker.inForce()
	}
	v.queue(v.position, map[string]any{
		"type": "attached", "shell": t.shell, "from": v.position, "replayTo": t.output.end, "cut": cut, "modes": modes,
		"columns": t.size.Columns, "rows": t.size.Rows,
	})
	if t.exit != nil {
		v.queue(t.output.end, exitedEvent(*t.exit))
	} else {
		v.queue(t.output.end, t.prompt.event())
	}
	t.changed.Broadcast()
}

// send writes output and events, in order, until the viewer is gone.
func (t *terminal) send(v *viewer) {
	for {
		t.mu.Lock()
		for !v.closed && v.position >= t.output.end && len(v.events) == 0 {
			t.changed.Wait()
		}
		if v.closed {
			t.mu.Unlock()
			return
		}
		if len(v.events) > 0 && v.events[0].position <= v.position {
			body := v.events[0].body
			v.events = v.events[1:]
			t.mu.Unlock()
			if v.stream.out.WriteJSON(body) != nil {
				v.stream.conn.Close()
				return
			}
			continue
		}
		most := frame.MaxPayload
		if len(v.events) > 0 && v.events[0].position-v.position < int64(most) {
			most = int(v.events[0].position - v.position)
		}
		piece := t.output.slice(v.position, most)
		shell := t.shell
		t.mu.Unlock()
		// Written without the lock: pump stays holdWindow away from overwriting what an attached viewer has not got.
		if v.stream.out.Write(frame.Data, piece) != nil {
			v.stream.conn.Close()
			return
		}
		t.mu.Lock()
		if t.shell == shell {
			v.position += int64(len(piece))
			v.moved = time.Now()
		}
		t.changed.Broadcast()
		t.mu.Unlock()
	}
}

// typeInto gives input to the terminal. It waits while the program reads nothing, as long as the viewer is there; only
// this viewer's input waits. False: the viewer is gone.
func typeInto(master *os.File, input []byte, viewer net.Conn) bool {
	for len(input) > 0 {
		_ = master.SetWriteDeadline(time.Now().Add(time.Second))
		n, err := master.Write(input)
		input = input[n:]
		if err == nil {
			continue
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return true // the terminal is gone; `exited` tells it
		}
		if hungUp(viewer) {
			return false
		}
	}
	return true
}

type terminalControl struct {
	Type string `json:"type"`
	size
}

// receive takes what is typed, until the connection ends.
func (t *terminal) receive(v *viewer) {
	for {
		kind, payload, err := v.stream.in.Read()
		if err != nil {
			return
		}
		if kind == frame.Data {
			t.mu.Lock()
			master, running := t.master, t.exit == nil
			t.mu.Unlock()
			if running && !typeInto(master, payload, v.stream.conn) {
				return
			}
			continue
		}
		var ask terminalControl
		if kind != frame.Control || json.Unmarshal(payload, &ask) != nil {
			return
		}
		t.mu.Lock()
		switch ask.Type {
		case "resize":
			if ask.size.valid() {
				v.size = ask.size
				t.fit()
			}
		case "restart":
			if t.restart() != nil {
				v.stream.refused("shell-failed")
			}
		}
		gone := ask.Type == "restart" && t.closed
		t.mu.Unlock()
		if gone {
			return // whoever wants it again gets another terminal of this name
		}
	}
}

// restart starts a new shell where the last one ended; every viewer is attached to it. Called with the lock held.
func (t *terminal) restart() error {
	if t.exit == nil || t.closed {
		return nil
	}
	if err := t.start(); err != nil {
		t.tell(exitedEvent(ended{status: 127}))
		return err
	}
	for v := range t.viewers {
		v.from = nil
		t.place(v)
	}
	return nil
}
