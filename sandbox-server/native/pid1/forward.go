package pid1

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"net"
	"sync"
	"time"

	"slipway/frame"
)

const (
	// forwardAddress is where the sandbox's programs reach the server's proxy (engineProxy).
	forwardAddress = "127.0.0.1:3128"
	// maxForwarded bounds the memory of init; more connections wait in the kernel's queue.
	maxForwarded = 64
	// forwardTakenIn is how long a connection waits for the server: one that starts again comes back meanwhile.
	forwardTakenIn = 10 * time.Second
	// forwardPiece is how much is read at once, in bytes: with all connections open it is 1 MiB.
	forwardPiece = 16 * 1024
	// controlTakenIn is how long the server may take to read a `dial`: one that does not is as good as away.
	controlTakenIn = 2 * time.Second
)

const serverAway = "HTTP/1.1 503 The class registry cannot be reached just now: try again in a moment\r\n" +
	"Content-Length: 0\r\nConnection: close\r\n\r\n"

// forwards carries connections of the sandbox's programs to the server. init cannot dial out: it asks for each connection
// with a ticket on the control stream, and the server comes for it with a stream of its own.
type forwards struct {
	takenIn time.Duration

	mu sync.Mutex
	// control is the newest control stream; nil where no server holds one.
	control *stream
	// changed is closed, and made anew, when control changes.
	changed chan struct{}
	waiting map[string]*forwarded
}

// forwarded is a connection that waits for the server.
type forwarded struct {
	conn net.Conn
	// taken is closed when the server has come for it, done when all was carried.
	taken, done chan struct{}
}

func newForwards() *forwards {
	return &forwards{takenIn: forwardTakenIn, changed: make(chan struct{}), waiting: map[string]*forwarded{}}
}

// serveForwards listens for the sandbox's programs.
func (b *sandbox) serveForwards() error {
	listener, err := net.Listen("tcp", forwardAddress)
	if err != nil {
		return err
	}
	b.forwards = newForwards()
	go b.forwards.listen(listener)
	return nil
}

func (f *forwards) listen(listener net.Listener) {
	slots := make(chan struct{}, maxForwarded)
	for {
		slots <- struct{}{}
		conn, err := listener.Accept()
		if err != nil {
			<-slots
			if isTemporary(err) {
				time.Sleep(acceptAgain)
				continue
			}
			return
		}
		go func() {
			defer func() { <-slots }()
			f.forward(conn)
		}()
	}
}

// forward holds a connection until the server has carried it to its end, or answers in the server's place.
func (f *forwards) forward(conn net.Conn) {
	defer conn.Close()
	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		return
	}
	ticket := hex.EncodeToString(random[:])
	waiting := &forwarded{conn: conn, taken: make(chan struct{}), done: make(chan struct{})}
	f.mu.Lock()
	f.waiting[ticket] = waiting
	f.mu.Unlock()
	f.ask(ticket, waiting.taken)
	if f.take(ticket) == nil {
		<-waiting.done
		return
	}
	_ = conn.SetDeadline(time.Now().Add(lingerFor))
	if _, err := io.WriteString(conn, serverAway); err == nil {
		// A socket that is closed over unread input takes its answer with it.
		_, _ = io.Copy(io.Discard, conn)
	}
}

// ask tells the ticket to each control stream that there is, until it is taken or the time is over.
func (f *forwards) ask(ticket string, taken <-chan struct{}) {
	timer := time.NewTimer(f.takenIn)
	defer timer.Stop()
	for {
		f.mu.Lock()
		control, changed := f.control, f.changed
		f.mu.Unlock()
		if control != nil {
			_ = control.conn.SetWriteDeadline(time.Now().Add(controlTakenIn))
			if control.out.WriteJSON(map[string]any{"type": "dial", "ticket": ticket}) != nil {
				control.conn.Close() // perhaps half a frame was sent: the stream is of no use any more
			}
		}
		select {
		case <-taken:
			return
		case <-timer.C:
			return
		case <-changed:
		}
	}
}

// take gives the connection of a ticket out, once.
func (f *forwards) take(ticket string) *forwarded {
	f.mu.Lock()
	defer f.mu.Unlock()
	waiting := f.waiting[ticket]
	delete(f.waiting, ticket)
	return waiting
}

// serveControl holds a control stream until it ends or a newer one comes.
func (f *forwards) serveControl(s *stream) {
	if s.accept(nil) != nil {
		return
	}
	if older := f.swap(nil, s); older != nil {
		older.conn.Close()
	}
	for {
		if _, _, err := s.in.Read(); err != nil {
			break
		}
	}
	f.swap(s, nil)
}

// swap puts a control stream in the place of another; where that is nil, in the place of any. It returns what was there.
func (f *forwards) swap(from, to *stream) *stream {
	f.mu.Lock()
	defer f.mu.Unlock()
	was := f.control
	if from != nil && was != from {
		return was
	}
	f.control = to
	close(f.changed)
	f.changed = make(chan struct{})
	return was
}

// serveAccept carries the connection of a ticket over this stream.
func (f *forwards) serveAccept(s *stream, ticket string) {
	waiting := f.take(ticket)
	if waiting == nil {
		s.refuse("not-found", "no connection waits with this ticket")
		return
	}
	close(waiting.taken)
	defer close(waiting.done)
	if s.accept(nil) == nil {
		carry(s, waiting.conn)
	}
}

// carry moves bytes both ways until both have ended, or one of them breaks.
func carry(s *stream, conn net.Conn) {
	outward := make(chan struct{})
	go func() {
		defer close(outward)
		if !carryOut(s, conn) {
			// Both ends: whoever waits at either sees that it is over.
			s.conn.Close()
			conn.Close()
		}
	}()
	if !carryIn(s, conn) {
		s.conn.Close()
		conn.Close()
	}
	<-outward
}

// carryOut sends what a program writes to the server. False: it broke.
func carryOut(s *stream, conn net.Conn) bool {
	buffer := make([]byte, forwardPiece)
	for {
		n, err := conn.Read(buffer)
		if n > 0 && s.out.Write(frame.Data, buffer[:n]) != nil {
			return false
		}
		if err == io.EOF {
			return s.out.WriteJSON(map[string]any{"type": "eof"}) == nil
		}
		if err != nil {
			return false
		}
	}
}

// carryIn gives a program what the server sends. False: it broke, or the server has hung up.
func carryIn(s *stream, conn net.Conn) bool {
	for {
		kind, payload, err := s.in.Read()
		if err != nil {
			return false
		}
		if kind == frame.Data {
			if _, err := conn.Write(payload); err != nil {
				return false
			}
			continue
		}
		var message struct {
			Type string `json:"type"`
		}
		if json.Unmarshal(payload, &message) != nil || message.Type != "eof" {
			continue
		}
		half, ok := conn.(interface{ CloseWrite() error })
		return ok && half.CloseWrite() == nil
	}
}
