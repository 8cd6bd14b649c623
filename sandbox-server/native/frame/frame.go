// Package frame is the framing of init's streams: 1 byte kind, 4 bytes payload length (big endian), payload.
// The other end is sandbox/init/frames.ts.
package frame

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// Kind says what a frame's payload is.
type Kind byte

const (
	Data      Kind = 0
	Control   Kind = 1
	ErrorData Kind = 2
)

const (
	// MaxPayload is the largest payload in bytes. It is what one read from a busy terminal can fill.
	MaxPayload = 64 * 1024
	headerSize = 5
	// MaxRequest is the longest request line in bytes: an exec with a long script in its arguments fits.
	MaxRequest = 16 * 1024
)

// ErrTooLong is returned for a frame or a request line above its limit.
var ErrTooLong = errors.New("longer than the protocol allows")

// Writer writes whole frames; safe for several goroutines.
type Writer struct {
	mu     sync.Mutex
	w      io.Writer
	header [headerSize]byte
}

func NewWriter(w io.Writer) *Writer { return &Writer{w: w} }

// Write sends one frame; payload is at most MaxPayload bytes and is not kept.
func (f *Writer) Write(kind Kind, payload []byte) error {
	if len(payload) > MaxPayload {
		return ErrTooLong
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.header[0] = byte(kind)
	binary.BigEndian.PutUint32(f.header[1:], uint32(len(payload)))
	// One writev for header and payload: the reader is woken once.
	buffers := net.Buffers{f.header[:], payload}
	_, err := buffers.WriteTo(f.w)
	return err
}

// WriteJSON sends v as a Control frame.
func (f *Writer) WriteJSON(v any) error {
	payload, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return f.Write(Control, payload)
}

// Reader reads the request line and then frames.
type Reader struct {
	r       *bufio.Reader
	payload []byte
}

func NewReader(r io.Reader) *Reader { return &Reader{r: bufio.NewReaderSize(r, 4096)} }

// Request reads the line of JSON that opens a stream into v.
func (f *Reader) Request(v any) error {
	var line []byte
	for {
		part, err := f.r.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > MaxRequest {
			return ErrTooLong
		}
		if err == nil {
			return json.Unmarshal(line, v)
		}
		if err != bufio.ErrBufferFull {
			return err
		}
	}
}

// Read returns the next frame. The payload is valid until the next call.
func (f *Reader) Read() (Kind, []byte, error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(f.r, header[:]); err != nil {
		return 0, nil, err
	}
	kind, size := Kind(header[0]), binary.BigEndian.Uint32(header[1:])
	if kind > ErrorData {
		return 0, nil, fmt.Errorf("frame of unknown kind %d", kind)
	}
	if size > MaxPayload {
		return 0, nil, ErrTooLong
	}
	if cap(f.payload) < int(size) {
		f.payload = make([]byte, size)
	}
	f.payload = f.payload[:size]
	_, err := io.ReadFull(f.r, f.payload)
	return kind, f.payload, err
}
