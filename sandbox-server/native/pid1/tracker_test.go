package pid1

import (
	"reflect"
	"strings"
	"testing"
)

// track feeds the output byte by byte and as a whole; both must lead to the same.
func track(t *testing.T, output string) (modes string, marks []string) {
	t.Helper()
	var whole, single []string
	one := newTracker(func(mark string) { whole = append(whole, mark) })
	one.scan([]byte(output))
	other := newTracker(func(mark string) { single = append(single, mark) })
	for i := range []byte(output) {
		other.scan([]byte{output[i]})
	}
	if one.inForce() != other.inForce() || !reflect.DeepEqual(whole, single) {
		t.Errorf("%q: whole gives %q %q, byte by byte %q %q", output, one.inForce(), whole, other.inForce(), single)
	}
	return one.inForce(), whole
}

func TestModesInForce(t *testing.T) {
	for _, each := range []struct{ name, output, modes string }{
		{"plain text has none", "hello\r\n\x1b[31mred\x1b[m", ""},
		{"bracketed paste", "\x1b[?2004h", "\x1b[?2004h"},
		{"set and reset", "\x1b[?2004h\x1b[?2004l", ""},
		{"a hidden cursor", "\x1b[?25l", "\x1b[?25l"},
		{"a cursor shown again", "\x1b[?25l\x1b[?25h", ""},
		{"several at once, the alternate screen first", "\x1b[?1006;1000h\x1b[?1049h", "\x1b[?1049h\x1b[?1000h\x1b[?1006h"},
		{"the keypad", "\x1b=", "\x1b="},
		{"a full reset", "\x1b[?1049h\x1b=\x1bc", ""},
		{"a soft reset", "\x1b[?1h\x1b[!p", ""},
		{"modes that are not private are not ours", "\x1b[4h", ""},
		{"text in a title is no sequence", "\x1b]0;[?2004h\x07", ""},
		{"a string is skipped", "\x1bP[?2004h\x1b\\", ""},
		{"a cancelled sequence", "\x1b[?2004\x18h", ""},
		{"an escape within a sequence begins another", "\x1b[?20\x1b[?25l", "\x1b[?25l"},
		{"nonsense", "\x1b[?h\x1b[?;;99999h\x1b[?-1h", ""},
	} {
		t.Run(each.name, func(t *testing.T) {
			if modes, _ := track(t, each.output); modes != each.modes {
				t.Errorf("got %q, expected %q", modes, each.modes)
			}
		})
	}
}

func TestMarks(t *testing.T) {
	for _, each := range []struct {
		name, output string
		marks        []string
	}{
		{"by BEL", "\x1b]133;A\x07$ \x1b]133;B\x07", []string{"A", "B"}},
		{"by ST", "\x1b]133;D;1\x1b\\", []string{"D;1"}},
		{"other commands are not marks", "\x1b]0;133;A\x07\x1b]1337;A\x07", nil},
		{"a mark that is never ended is none", "\x1b]133;A", nil},
		{"a long title costs nothing and hides nothing", "\x1b]0;" + strings.Repeat("x", 1<<20) + "\x07\x1b]133;C\x07", []string{"C"}},
	} {
		t.Run(each.name, func(t *testing.T) {
			if _, marks := track(t, each.output); !reflect.DeepEqual(marks, each.marks) {
				t.Errorf("got %q, expected %q", marks, each.marks)
			}
		})
	}
}

func TestAFloodOfModesIsBounded(t *testing.T) {
	tracker := newTracker(func(string) {})
	for mode := 0; mode < 10_000; mode++ {
		tracker.scan([]byte("\x1b[?" + strings.Repeat("0", 3) + string(rune('0'+mode%10)) + ";" + number4(mode) + "h"))
	}
	if len(tracker.modes) > maxModes {
		t.Errorf("%d modes are remembered", len(tracker.modes))
	}
}

func number4(n int) string {
	return string([]byte{byte('0' + n/1000%10), byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)})
}
