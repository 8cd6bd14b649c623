package pid1

import (
	"regexp"
	"strings"
	"unicode"
)

// save writes what each terminal shows onto the sandbox's disk, for the shells that follow these. What cannot be written,
// on a full disk for one, is left.
func (b *sandbox) save(why string) (count int) {
	b.mu.Lock()
	terminals := map[string]*terminal{}
	for name, t := range b.terminals {
		terminals[name] = t
	}
	b.mu.Unlock()
	for name, t := range terminals {
		how, output, ok := t.last(why)
		if ok && b.history.write(name, how, output) == nil {
			count++
		}
	}
	return count
}

func (b *sandbox) serveSave(s *stream, why string) {
	if why == "" || len(why) > maxWhy || strings.IndexFunc(why, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		s.refuse("bad-request", "save needs a why of at most 200 printable bytes")
		return
	}
	_ = s.accept(map[string]any{"saved": b.save(why)})
}

// last returns the end of what the terminal showed, which leaves an emulator as after a reset, at a line's beginning.
// False: the terminal was closed.
func (t *terminal) last(why string) (saved, []byte, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	output := newest(t.output.copy(), t.tracker.alternate())
	ends := len(output) == 0 || output[len(output)-1] == '\n'
	output = append(output, t.tracker.undo()...)
	if !ends {
		output = append(output, "\r\n"...)
	}
	return saved{Why: why, Exited: t.exit != nil}, output, !t.closed
}

// alternateSwitch enters (h) or leaves (l) the alternate screen, where programs draw that leave no lines behind.
var alternateSwitch = regexp.MustCompile(`\x1b\[\?(?:1049|1047|47)([hl])`)

// newest cuts output down to what is saved of it: from a line's beginning on, without what stands in the alternate screen
// where the output ends there, or begins there because what was before is cut.
func newest(output []byte, alternate bool) []byte {
	if alternate {
		switches := alternateSwitch.FindAllIndex(output, -1)
		if len(switches) == 0 {
			return nil
		}
		output = output[:switches[len(switches)-1][0]]
	}
	if over := len(output) - maxSaved; over > 0 {
		output = output[over:]
		output = output[lineStart(output):]
	}
	if first := alternateSwitch.FindSubmatchIndex(output); first != nil && output[first[2]] == 'l' {
		output = output[first[1]:]
	}
	return output
}
