package frame

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"
)

// The same fixtures are read by the server's own tests.
func TestFramesAreThoseOfTheFixtures(t *testing.T) {
	text, err := os.ReadFile("../../../test/fixtures/frames.json")
	if err != nil {
		t.Fatal(err)
	}
	var fixtures []struct {
		Title string
		Kind  Kind
		Text  string
		Bytes string
	}
	if err := json.Unmarshal(text, &fixtures); err != nil {
		t.Fatal(err)
	}
	if len(fixtures) == 0 {
		t.Fatal("no fixtures")
	}
	for _, fixture := range fixtures {
		var out bytes.Buffer
		if err := NewWriter(&out).Write(fixture.Kind, []byte(fixture.Text)); err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(out.Bytes()); got != fixture.Bytes {
			t.Errorf("%s: wrote %s, expected %s", fixture.Title, got, fixture.Bytes)
		}
		kind, payload, err := NewReader(&out).Read()
		if err != nil || kind != fixture.Kind || string(payload) != fixture.Text {
			t.Errorf("%s: read %d %q %v", fixture.Title, kind, payload, err)
		}
	}
}

func TestARequestLineIsBounded(t *testing.T) {
	var v any
	if err := NewReader(strings.NewReader(strings.Repeat("a", MaxRequest+1) + "\n")).Request(&v); err != ErrTooLong {
		t.Errorf("got %v", err)
	}
}

func TestARequestLineLongerThanTheBufferIsRead(t *testing.T) {
	want := strings.Repeat("x", 10_000)
	var v struct{ Name string }
	if err := NewReader(strings.NewReader(`{"name":"` + want + "\"}\nrest")).Request(&v); err != nil || v.Name != want {
		t.Errorf("got %d characters, %v", len(v.Name), err)
	}
}

func TestAFrameThatIsTooLongOrOfNoKindIsRefused(t *testing.T) {
	for _, header := range []string{"\x00\x00\x01\x00\x01", "\x00\xff\xff\xff\xff", "\x03\x00\x00\x00\x00"} {
		if _, _, err := NewReader(strings.NewReader(header)).Read(); err == nil {
			t.Errorf("% x was accepted", header)
		}
	}
	if err := NewWriter(io.Discard).Write(Data, make([]byte, MaxPayload+1)); err != ErrTooLong {
		t.Errorf("got %v", err)
	}
}
