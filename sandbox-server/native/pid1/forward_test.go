package pid1

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"slipway/frame"
)

// forwardsOn listens on a free port; with no server there, connections are answered after `takenIn`.
func forwardsOn(t *testing.T, takenIn time.Duration) (*sandbox, string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	box := &sandbox{forwards: newForwards()}
	box.forwards.takenIn = takenIn
	go box.forwards.listen(listener)
	return box, listener.Addr().String()
}

// server is the server's end of one stream.
type server struct {
	conn net.Conn
	in   *frame.Reader
	out  *frame.Writer
}

// open asks init for a stream, and returns it with the answer.
func open(t *testing.T, box *sandbox, line string) (server, map[string]any) {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { ours.Close() })
	go box.serve(theirs)
	if _, err := io.WriteString(ours, line+"\n"); err != nil {
		t.Fatal(err)
	}
	s := server{conn: ours, in: frame.NewReader(ours), out: frame.NewWriter(ours)}
	return s, s.control(t)
}

func (s server) control(t *testing.T) map[string]any {
	t.Helper()
	kind, payload, err := s.in.Read()
	if err != nil || kind != frame.Control {
		t.Fatalf("read kind %d, %v", kind, err)
	}
	var message map[string]any
	if err := json.Unmarshal(payload, &message); err != nil {
		t.Fatal(err)
	}
	return message
}

func dial(t *testing.T, address string) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn.(*net.TCPConn)
}

func accept(t *testing.T, box *sandbox, control server) server {
	t.Helper()
	message := control.control(t)
	ticket, _ := message["ticket"].(string)
	if message["type"] != "dial" || len(ticket) != 32 {
		t.Fatalf("was told %v", message)
	}
	s, answer := open(t, box, `{"op":"accept","ticket":"`+ticket+`"}`)
	if answer["ok"] != true {
		t.Fatalf("was answered %v", answer)
	}
	return s
}

func TestAConnectionIsCarriedBothWaysToItsEnd(t *testing.T) {
	box, address := forwardsOn(t, time.Minute)
	control, _ := open(t, box, `{"op":"forwards"}`)
	program := dial(t, address)
	s := accept(t, box, control)

	sent := bytes.Repeat([]byte("0123456789abcdef"), 20_000)
	go func() {
		_, _ = program.Write(sent)
		_ = program.CloseWrite()
	}()
	var got []byte
	for {
		kind, payload, err := s.in.Read()
		if err != nil {
			t.Fatal(err)
		}
		if kind == frame.Control {
			if string(payload) != `{"type":"eof"}` {
				t.Fatalf("was told %s", payload)
			}
			break
		}
		got = append(got, payload...)
	}
	if !bytes.Equal(got, sent) {
		t.Errorf("%d bytes arrived of %d", len(got), len(sent))
	}
	// Half of it has ended; the other half still carries.
	if s.out.Write(frame.Data, []byte("answer")) != nil || s.out.WriteJSON(map[string]any{"type": "eof"}) != nil {
		t.Fatal("the stream broke")
	}
	if answer, err := io.ReadAll(program); err != nil || string(answer) != "answer" {
		t.Errorf("read %q, %v", answer, err)
	}
}

func TestAConnectionEndsWhenTheServerHangsUp(t *testing.T) {
	box, address := forwardsOn(t, time.Minute)
	control, _ := open(t, box, `{"op":"forwards"}`)
	program := dial(t, address)
	s := accept(t, box, control)
	s.conn.Close()
	if _, err := program.Read(make([]byte, 1)); err == nil {
		t.Error("the program's connection goes on")
	}
}

func TestATicketIsGoodOnce(t *testing.T) {
	box, address := forwardsOn(t, time.Minute)
	control, _ := open(t, box, `{"op":"forwards"}`)
	dial(t, address)
	ticket, _ := control.control(t)["ticket"].(string)
	if _, answer := open(t, box, `{"op":"accept","ticket":"`+ticket+`"}`); answer["ok"] != true {
		t.Fatalf("was answered %v", answer)
	}
	if _, answer := open(t, box, `{"op":"accept","ticket":"`+ticket+`"}`); answer["code"] != "not-found" {
		t.Errorf("was answered %v", answer)
	}
}

func TestWithoutAServerAProgramIsToldToTryAgain(t *testing.T) {
	_, address := forwardsOn(t, 10*time.Millisecond)
	program := dial(t, address)
	_, _ = io.WriteString(program, "GET http://registry.local/v2/ HTTP/1.1\r\n\r\n")
	answer, err := io.ReadAll(program)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 503 The class registry cannot be reached") {
		t.Errorf("read %q, %v", answer, err)
	}
}

func TestAServerThatComesBackGetsTheConnectionsThatWait(t *testing.T) {
	box, address := forwardsOn(t, time.Minute)
	program := dial(t, address)
	old, _ := open(t, box, `{"op":"forwards"}`)
	old.control(t)
	next, _ := open(t, box, `{"op":"forwards"}`)
	s := accept(t, box, next)
	if s.out.Write(frame.Data, []byte("hello")) != nil {
		t.Fatal("the stream broke")
	}
	got := make([]byte, 5)
	if _, err := io.ReadFull(program, got); err != nil || string(got) != "hello" {
		t.Errorf("read %q, %v", got, err)
	}
	if _, _, err := old.in.Read(); err == nil {
		t.Error("the older control stream goes on")
	}
}

func TestNoMoreConnectionsAreHeldThanMayBe(t *testing.T) {
	box, address := forwardsOn(t, time.Minute)
	control, _ := open(t, box, `{"op":"forwards"}`)
	programs := make([]*net.TCPConn, maxForwarded+1)
	for i := range programs {
		programs[i] = dial(t, address)
	}
	var last server
	for i := 0; i < maxForwarded; i++ {
		last = accept(t, box, control)
	}
	box.forwards.mu.Lock()
	waiting := len(box.forwards.waiting)
	box.forwards.mu.Unlock()
	if waiting != 0 {
		t.Errorf("%d more wait in init", waiting)
	}
	last.conn.Close()
	accept(t, box, control)
}

func TestNothingIsForwardedInAStandardSandbox(t *testing.T) {
	for _, line := range []string{`{"op":"forwards"}`, `{"op":"accept","ticket":"00"}`} {
		if _, answer := open(t, &sandbox{}, line); answer["code"] != "unsupported" {
			t.Errorf("was answered %v", answer)
		}
	}
}
