package pid1

import (
	"bytes"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// tracker follows a terminal's output as far as a viewer that missed some of it needs: the modes in force, and the
// shell's marks (OSC 133). It is a subset of the parser at vt100.net/emu/dec_ansi_parser; text costs it one search.
type tracker struct {
	state  trackerState
	params []byte
	// modes are the private modes (DECSET) that differ from a terminal's reset state.
	modes map[int]bool
	// keypad is whether the keypad sends application sequences (DECKPAM).
	keypad bool
	// onMark is called for each OSC 133 mark with what stands after "133;".
	onMark func(mark string)
}

type trackerState int

const (
	stateText trackerState = iota
	stateEscape
	stateCSI
	stateOSC
	stateString // DCS, SOS, PM, APC: skipped
	stateOSCEscape
	stateStringEscape
	stateIntermediate // ESC followed by 0x20-0x2F: one more byte
)

// maxParams is how much of a sequence is kept; a mark or a mode needs less, a title of 50 MB is skipped.
const maxParams = 256

// maxModes bounds what a program can make the tracker remember.
const maxModes = 64

// modesOnAtReset are the private modes that are set after a reset: autowrap and the visible cursor.
var modesOnAtReset = map[int]bool{7: true, 25: true}

func newTracker(onMark func(string)) *tracker {
	return &tracker{modes: map[int]bool{}, onMark: onMark}
}

func (t *tracker) scan(p []byte) {
	for len(p) > 0 {
		if t.state == stateText {
			i := bytes.IndexByte(p, 0x1b)
			if i < 0 {
				return
			}
			p = p[i+1:]
			t.state = stateEscape
			continue
		}
		t.step(p[0])
		p = p[1:]
	}
}

func (t *tracker) step(b byte) {
	switch t.state {
	case stateEscape:
		t.escape(b)
	case stateIntermediate:
		t.state = stateText
	case stateCSI:
		switch {
		case b == 0x1b:
			t.state = stateEscape
		case b == 0x18 || b == 0x1a: // CAN, SUB
			t.state = stateText
		case b >= 0x40 && b <= 0x7e:
			t.csi(b)
			t.state = stateText
		case len(t.params) < maxParams:
			t.params = append(t.params, b)
		}
	case stateOSC:
		switch {
		case b == 0x07:
			t.osc()
			t.state = stateText
		case b == 0x1b:
			t.state = stateOSCEscape
		case b == 0x18 || b == 0x1a:
			t.state = stateText
		case len(t.params) < maxParams:
			t.params = append(t.params, b)
		}
	case stateOSCEscape:
		t.osc()
		t.state = stateText
		if b != '\\' {
			t.escape(b)
		}
	case stateString:
		if b == 0x1b {
			t.state = stateStringEscape
		} else if b == 0x18 || b == 0x1a {
			t.state = stateText
		}
	case stateStringEscape:
		t.state = stateText
		if b != '\\' {
			t.escape(b)
		}
	}
}

func (t *tracker) escape(b byte) {
	t.params = t.params[:0]
	t.state = stateText
	switch {
	case b == '[':
		t.state = stateCSI
	case b == ']':
		t.state = stateOSC
	case b == 'P' || b == 'X' || b == '^' || b == '_':
		t.state = stateString
	case b == 0x1b:
		t.state = stateEscape
	case b == 'c': // RIS
		t.reset()
	case b == '=':
		t.keypad = true
	case b == '>':
		t.keypad = false
	case b >= 0x20 && b <= 0x2f:
		t.state = stateIntermediate
	}
}

func (t *tracker) reset() {
	t.modes = map[int]bool{}
	t.keypad = false
}

func (t *tracker) csi(final byte) {
	params := string(t.params)
	if final == 'p' && params == "!" { // DECSTR
		t.reset()
		return
	}
	if (final != 'h' && final != 'l') || !strings.HasPrefix(params, "?") {
		return
	}
	for _, field := range strings.Split(params[1:], ";") {
		mode, err := strconv.Atoi(field)
		if err != nil || mode < 0 || mode > 9999 {
			continue
		}
		on := final == 'h'
		if on == modesOnAtReset[mode] {
			delete(t.modes, mode)
		} else if len(t.modes) < maxModes {
			t.modes[mode] = on
		}
	}
}

func (t *tracker) osc() {
	if mark := string(t.params); strings.HasPrefix(mark, "133;") {
		t.onMark(mark[len("133;"):])
	}
}

func isAlternate(mode int) bool { return mode == 47 || mode == 1047 || mode == 1049 }

// alternate tells whether the alternate screen is shown.
func (t *tracker) alternate() bool {
	for mode, on := range t.modes {
		if on && isAlternate(mode) {
			return true
		}
	}
	return false
}

// undo returns the sequences that end whatever is in force but the alternate screen: modes, colours, a sequence that is
// not whole.
func (t *tracker) undo() string {
	var out strings.Builder
	if t.state != stateText {
		out.WriteByte(0x18) // CAN
	}
	for mode, on := range t.modes {
		if isAlternate(mode) {
			continue
		}
		final := 'h'
		if on {
			final = 'l'
		}
		fmt.Fprintf(&out, "\x1b[?%d%c", mode, final)
	}
	// Keypad, soft reset, the usual character set, colours, the cursor.
	out.WriteString("\x1b>\x1b[!p\x0f\x1b(B\x1b[0m\x1b[?25h")
	return out.String()
}

// inForce returns the sequences that bring a terminal from its reset state into the modes in force. The alternate
// screen comes first: the others then apply to it.
func (t *tracker) inForce() string {
	modes := make([]int, 0, len(t.modes))
	for mode := range t.modes {
		modes = append(modes, mode)
	}
	sort.Slice(modes, func(i, j int) bool {
		if isAlternate(modes[i]) != isAlternate(modes[j]) {
			return isAlternate(modes[i])
		}
		return modes[i] < modes[j]
	})
	var out strings.Builder
	for _, mode := range modes {
		final := 'l'
		if t.modes[mode] {
			final = 'h'
		}
		fmt.Fprintf(&out, "\x1b[?%d%c", mode, final)
	}
	if t.keypad {
		out.WriteString("\x1b=")
	}
	return out.String()
}
