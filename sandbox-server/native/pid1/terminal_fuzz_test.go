package pid1

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// onlyModes is all that the gateway lets a page have of modes (socket/terminal-events.ts).
var onlyModes = regexp.MustCompile(`^(?:\x1b\[\?[0-9]{1,4}[hl]|\x1b=)*$`)

// However a program's output is cut into pieces, the tracker comes to the same; what it tells a page sets modes and does
// nothing else, and brings a new terminal to the same modes.
func FuzzTracker(f *testing.F) {
	for _, output := range []string{
		"\x1b[?2004h\x1b[?1049h\x1b=$ \x1b]133;B\x07", "\x1b]133;D;1\x1b\\\x1b[!p\x1bc", "\x1bP[?25l\x1b\\\x1b[?25l", "\x1b[?1;7;25l\x18\x1b",
		"\x1b]0;title\x1b[?1h", "\x1b[?00000000000000000000001h\x1b[?+7l", "\x1b(B\x1b\x1b[?47h", "\x1b[?\x1b]133;\x1b]133;A\x9c\x07",
		"\x1b]133;" + strings.Repeat("x", 2*maxParams) + "\x07\x1b[?" + strings.Repeat("1;", maxParams),
	} {
		f.Add([]byte(output), uint(len(output)/2))
	}
	f.Fuzz(func(t *testing.T, output []byte, cut uint) {
		var marks [2][]string
		whole := newTracker(func(mark string) { marks[0] = append(marks[0], mark) })
		pieces := newTracker(func(mark string) { marks[1] = append(marks[1], mark) })
		whole.scan(output)
		at := int(cut % uint(len(output)+1))
		pieces.scan(output[:at])
		pieces.scan(output[at:])
		if whole.inForce() != pieces.inForce() || !reflect.DeepEqual(marks[0], marks[1]) || whole.state != pieces.state {
			t.Errorf("cut at %d: %q %q, not %q %q", at, pieces.inForce(), marks[1], whole.inForce(), marks[0])
		}
		if len(whole.modes) > maxModes || len(whole.params) > maxParams {
			t.Errorf("%d modes, %d bytes of a sequence", len(whole.modes), len(whole.params))
		}
		for _, mark := range marks[0] {
			if len(mark) > maxParams {
				t.Errorf("a mark of %d bytes", len(mark))
			}
		}
		modes := whole.inForce()
		if !onlyModes.MatchString(modes) {
			t.Errorf("%q is more than modes", modes)
		}
		again := newTracker(func(string) { t.Error("modes have a mark") })
		again.scan([]byte(modes))
		if again.inForce() != modes {
			t.Errorf("%q leads to %q", modes, again.inForce())
		}
		// What ends all of it ends it, but for the alternate screen, which newest cuts off. A mark that is not whole is
		// none; one whose ESC has come is whole for every terminal.
		whole.onMark = func(mark string) {
			if whole.state != stateOSCEscape {
				t.Errorf("undo ends a mark %q", mark)
			}
		}
		whole.scan([]byte(whole.undo()))
		for mode := range whole.modes {
			if !isAlternate(mode) {
				t.Errorf("mode %d is still on", mode)
			}
		}
		if whole.state != stateText || whole.keypad {
			t.Errorf("state %d, keypad %v", whole.state, whole.keypad)
		}
	})
}

// Marks come from the sandbox: whatever they are, a page is told what a page may be told, in an order that makes sense.
func FuzzPrompt(f *testing.F) {
	for _, marks := range []string{"A\nB\nC\nD;0", "C\nC;4\nC\nD;1", "D\nD;x\nB;\n;B", "C;256\nD;256\nC\nD;-1;aid=7", "B\nB\nC\nB"} {
		f.Add(marks)
	}
	f.Fuzz(func(t *testing.T, marks string) {
		before, began := "", 0
		p := newPrompt(1, os.Stdin, func(event map[string]any) {
			text, err := json.Marshal(event)
			if err != nil {
				t.Fatal(err)
			}
			switch event["type"] {
			case "prompt":
				if string(text) == before {
					t.Errorf("told twice: %s", text)
				}
				before = string(text)
			case "command-ended":
				if began--; began < 0 {
					t.Error("a command ended that had not begun")
				}
				if status, ok := event["status"].(int); (ok || event["status"] != nil) && (status < 0 || status > 255) {
					t.Errorf("status %v", event["status"])
				}
			default:
				t.Errorf("told %s", text)
			}
		})
		for _, mark := range strings.Split(marks, "\n") {
			if kind, _, _ := strings.Cut(mark, ";"); kind == "C" {
				began++
			}
			p.mark(mark)
			p.printed()
		}
		if !p.sure && p.waiting {
			t.Error("marks made it guess")
		}
	})
}

// The ring holds the newest bytes, whatever came in which pieces, and whoever comes back is given what follows.
func FuzzRing(f *testing.F) {
	f.Add([]byte{1, 2, 3, 255, 255, 128}, int64(3))
	f.Add(bytes.Repeat([]byte{255}, 40), int64(-1))
	f.Add([]byte{200, 0, 17, 250, 3}, int64(1<<40))
	f.Fuzz(func(t *testing.T, pieces []byte, from int64) {
		if len(pieces) > 64 {
			return
		}
		var all []byte
		r := &ring{}
		for i, size := range pieces {
			// Up to 64 KiB at once, more than the ring has at its beginning.
			piece := bytes.Repeat([]byte{byte(i), '\n', 0xc3, 0xa4}, int(size)*64)
			if r.write(piece); len(piece) > 0 {
				all = append(all, piece...)
			}
		}
		oldest := len(all) - ringSize
		if oldest < 0 {
			oldest = 0
		}
		if r.end != int64(len(all)) || r.start != int64(oldest) {
			t.Fatalf("from %d to %d of %d", r.start, r.end, len(all))
		}
		if !bytes.Equal(r.copy(), all[r.start:]) {
			t.Error("it holds something else")
		}
		position, cut := r.resume(from)
		if position < r.start || position > r.end || !cut && position != from {
			t.Errorf("from %d it goes on at %d, cut %v", from, position, cut)
		}
		for _, at := range []int64{position, r.start, r.end, from} {
			if piece := r.slice(at, 1000); len(piece) > 1000 || len(piece) > 0 && !bytes.HasPrefix(all[at:], piece) {
				t.Errorf("another piece at %d", at)
			}
		}
	})
}
