package pid1

import (
	"bytes"
	"os"
	"testing"
	"time"
)

// drained reads a pipe as a command's output is read after the command has ended.
func drained(t *testing.T, reader *os.File) []byte {
	t.Helper()
	var rest drain
	var all []byte
	buffer := make([]byte, 4096)
	_ = reader.SetReadDeadline(time.Now())
	for {
		n, err := rest.read(reader, buffer)
		all = append(all, buffer[:n]...)
		if !rest.more(reader, n, err) {
			return all
		}
	}
}

func pipe(t *testing.T) (*os.File, *os.File) {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close(); writer.Close() })
	return reader, writer
}

func TestWhatWasPrintedBeforeTheEndIsReadAfterIt(t *testing.T) {
	reader, writer := pipe(t)
	printed := bytes.Repeat([]byte("line\n"), 12_000) // nearly all that a pipe holds
	if _, err := writer.Write(printed); err != nil {
		t.Fatal(err)
	}
	if read := drained(t, reader); !bytes.Equal(read, printed) {
		t.Errorf("read %d bytes of %d", len(read), len(printed))
	}
}

func TestAProcessThatPrintsALittleAgainAndAgainDoesNotHoldUpTheEnd(t *testing.T) {
	reader, writer := pipe(t)
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
				_, _ = writer.Write([]byte("left\n"))
			}
		}
	}()
	ended := make(chan int)
	go func() { ended <- len(drained(t, reader)) }()
	select {
	case n := <-ended:
		// At 5 bytes each 10 ms all that may come late would take half an hour.
		if n == 0 || n > maxLate {
			t.Errorf("read %d bytes", n)
		}
	case <-time.After(time.Minute):
		t.Error("still reading after a minute")
	}
	close(stop)
}
