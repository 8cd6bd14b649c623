package frame

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
)

// What is read is what stands there: written again it gives the same bytes.
func FuzzFrames(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 4, 'l', 's', '\r', '\n', 1, 0, 0, 0, 2, '{', '}', 2, 0, 0, 0, 0})
	f.Add([]byte{0, 0, 1, 0, 0})
	f.Add([]byte{3, 0, 0, 0, 0})
	f.Add([]byte{0, 0x20, 0, 0, 0})
	f.Add([]byte{0, 0xff, 0xff, 0xff, 0xff, 0})
	f.Add([]byte{1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, stream []byte) {
		reader := NewReader(bytes.NewReader(stream))
		var again bytes.Buffer
		writer := NewWriter(&again)
		for {
			kind, payload, err := reader.Read()
			// Also where it says how much is to come, and nothing comes: that much memory is taken.
			if cap(payload) > 2*MaxPayload {
				t.Fatalf("a payload of %d bytes", cap(payload))
			}
			if err != nil {
				break
			}
			if err := writer.Write(kind, payload); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.HasPrefix(stream, again.Bytes()) {
			t.Errorf("% x was read of % x", again.Bytes(), stream)
		}
		if rest := len(stream) - again.Len(); rest >= headerSize+MaxPayload {
			t.Errorf("%d bytes were left that hold a whole frame", rest)
		}
	})
}

// A request is one line of JSON, and what follows it is left for the frames.
func FuzzRequest(f *testing.F) {
	f.Add([]byte(`{"op":"terminal","name":"main","columns":80,"rows":24}` + "\n\x00\x00\x00\x00\x01x"))
	f.Add([]byte("\n"))
	f.Add([]byte("null\nnull\n"))
	f.Add(append(bytes.Repeat([]byte("["), MaxRequest), '\n'))
	f.Fuzz(func(t *testing.T, stream []byte) {
		var asked json.RawMessage
		reader := NewReader(bytes.NewReader(stream))
		err := reader.Request(&asked)
		line, rest, ended := bytes.Cut(stream, []byte("\n"))
		if valid := ended && len(line) < MaxRequest && json.Valid(line); valid != (err == nil) {
			t.Fatalf("%q: %v", line, err)
		}
		if err != nil {
			return
		}
		if left, _ := io.ReadAll(reader.r); !bytes.Equal(left, rest) {
			t.Errorf("%q is left of %q", left, rest)
		}
	})
}
