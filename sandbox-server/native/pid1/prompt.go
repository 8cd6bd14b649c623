package pid1

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// quietAfter is how long a terminal prints nothing before it is looked at for a prompt that has no marks.
const quietAfter = 250 * time.Millisecond

// prompt knows whether a terminal waits for a command. Shells with our integration mark it (OSC 133: A, B around the
// prompt, C before a command's output, D after it). Marks come from the sandbox: they trigger and prove nothing.
type prompt struct {
	shellPid int
	master   *os.File
	tell     func(event map[string]any)

	waiting bool
	sure    bool
	// running: a C was seen and no D since. An empty Enter gives a D alone, a paste of four lines four Cs and one D.
	running bool
	// together: no prompt was shown since the last C, so the next one is of the same paste. It tells how the one before
	// ended.
	together bool
	// failed is the status of the first command of a paste that failed, but for the last.
	failed string
}

func newPrompt(shellPid int, master *os.File, tell func(map[string]any)) *prompt {
	return &prompt{shellPid: shellPid, master: master, tell: tell}
}

func (p *prompt) mark(mark string) {
	kind, rest, _ := strings.Cut(mark, ";")
	switch kind {
	case "B":
		p.together, p.failed = false, ""
		p.set(true, true)
	case "C":
		if p.together && p.failed == "" && rest != "" && rest != "0" {
			p.failed = rest
		}
		p.running, p.together = true, true
		p.set(false, true)
	case "D":
		if p.running {
			p.running = false
			if status, _, _ := strings.Cut(rest, ";"); status == "0" && p.failed != "" {
				rest = p.failed
			}
			p.tell(commandEndedEvent(rest))
		}
		p.together, p.failed = false, ""
	}
}

// printed: what was guessed from silence no longer holds.
func (p *prompt) printed() {
	if p.waiting && !p.sure {
		p.set(false, false)
	}
}

// quiet guesses, where marks do not tell: the shell itself in the foreground, or a program that edits lines, waits.
func (p *prompt) quiet() {
	if p.waiting {
		return
	}
	if foreground(p.master) == p.shellPid || readsKeys(p.master) {
		p.set(true, false)
	}
}

func (p *prompt) set(waiting, sure bool) {
	if p.waiting == waiting && p.sure == sure {
		return
	}
	p.waiting, p.sure = waiting, sure
	p.tell(p.event())
}

func (p *prompt) event() map[string]any {
	return map[string]any{"type": "prompt", "waiting": p.waiting, "sure": p.sure}
}

func commandEndedEvent(rest string) map[string]any {
	text, _, _ := strings.Cut(rest, ";")
	status, err := strconv.Atoi(text)
	if err != nil || status < 0 || status > 255 {
		return map[string]any{"type": "command-ended", "status": nil}
	}
	return map[string]any{"type": "command-ended", "status": status}
}
