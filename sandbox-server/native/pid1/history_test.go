package pid1

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const reset = "\x1b>\x1b[!p\x0f\x1b(B\x1b[0m\x1b[?25h"

// savedOf is a history in a folder of its own, and what a terminal that printed this leaves in it.
func savedOf(t *testing.T, printed string, exited bool) (history, string) {
	t.Helper()
	h := history{root: t.TempDir()}
	if err := os.MkdirAll(filepath.Join(h.root, "var/lib"), 0o755); err != nil {
		t.Fatal(err)
	}
	box := &sandbox{history: h, terminals: map[string]*terminal{}}
	one := newTerminal(box, "main", size{80, 24})
	one.tracker = newTracker(func(string) {})
	one.tracker.scan([]byte(printed))
	one.output.write([]byte(printed))
	if exited {
		one.exit = &ended{}
	}
	box.terminals["main"] = one
	h.begin("main")
	if count := box.save("the sandbox was stopped"); count != 1 {
		t.Fatalf("%d terminals were saved", count)
	}
	return h, string(h.before("main"))
}

func line(text string) string { return "\x1b[2m— " + text + " —\x1b[0m\r\n" }

var stoppedLine = line("This shell ended when the sandbox was stopped. A new one:")

func TestANewTerminalBeginsWithWhatWasSavedAndSaysWhyItsShellEnded(t *testing.T) {
	h, before := savedOf(t, "$ make\r\ndone\r\n$ ", false)
	if before != "$ make\r\ndone\r\n$ "+reset+"\r\n"+stoppedLine {
		t.Errorf("began with %q", before)
	}
	h.begin("main")
	if before := string(h.before("main")); !strings.Contains(before, "is lost") || strings.Contains(before, "make") {
		t.Errorf("began again with %q", before)
	}
	h.forget("main")
	if before := h.before("main"); before != nil {
		t.Errorf("began with %q where there never was one", before)
	}
}

func TestAShellThatHadEndedByItselfIsNotSaidToHaveBeenStopped(t *testing.T) {
	if _, before := savedOf(t, "bye\r\n", true); before != "bye\r\n"+reset+line("The shell that was here had ended. A new one:") {
		t.Errorf("began with %q", before)
	}
}

func TestModesThatWereInForceAreLeft(t *testing.T) {
	for printed, expected := range map[string]string{
		// A half sequence ends; the mouse and the pasting are given back.
		"a\r\n\x1b[?2004h\x1b[31": "a\r\n\x1b[?2004h\x1b[31\x18\x1b[?2004l" + reset + "\r\n",
		"\x1b[?1000hx\n":          "\x1b[?1000hx\n\x1b[?1000l" + reset,
		// What an editor draws is no scrollback.
		"$ vi\r\n\x1b[?1049h~\r\n~\r\n":                        "$ vi\r\n" + reset,
		"$ vi\r\n\x1b[?1049h~\x1b[?1049l$ vi\r\n\x1b[?1049h~~": "$ vi\r\n\x1b[?1049h~\x1b[?1049l$ vi\r\n" + reset,
		"\x1b[?1;1049hdrawn":                                   "\x1b[?1l" + reset,
	} {
		if _, before := savedOf(t, printed, false); before != expected+stoppedLine {
			t.Errorf("after %q: began with %q", printed, before)
		}
	}
}

func TestTheNewestIsKeptFromALinesBeginningOn(t *testing.T) {
	printed := strings.Repeat("0123456789abcde\n", 2*maxSaved/16) + "last\n"
	_, before := savedOf(t, printed, false)
	output := strings.TrimSuffix(before, reset+stoppedLine)
	if !strings.HasPrefix(output, "0123") || !strings.HasSuffix(output, "last\n") || len(output) > maxSaved || len(output) < maxSaved-16 {
		t.Errorf("kept %d bytes, from %q", len(output), output[:20])
	}
	// The entry is cut off, the leaving is not: restoring the cursor would draw over what is kept.
	drawn := "\x1b[?1049h" + strings.Repeat("~~~~~~~~~~~~~~~\n", maxSaved/16) + "\x1b[?1049l$ ls\r\n"
	if _, before := savedOf(t, drawn, false); before != "$ ls\r\n"+reset+stoppedLine {
		t.Errorf("began with %q", before)
	}
}

func TestWhatStandsInTheWayIsNotFollowed(t *testing.T) {
	h, _ := savedOf(t, "x\n", false)
	folder := filepath.Join(append([]string{h.root}, historyDirectory...)...)
	target := filepath.Join(h.root, "target")
	for _, err := range []error{
		os.WriteFile(target, []byte("target"), 0o600),
		os.Remove(filepath.Join(folder, "main")),
		os.Symlink(target, filepath.Join(folder, "main")),
		os.Symlink(target, filepath.Join(folder, unfinishedName+"other")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	h.begin("main")
	if h.before("main") != nil {
		t.Error("a link was read")
	}
	if h.write("other", saved{Why: "x"}, []byte("x")) == nil {
		t.Error("a link was written through")
	}
	if text, _ := os.ReadFile(target); string(text) != "target" {
		t.Errorf("the target holds %q", text)
	}
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", info, err)
	}
}

func TestASaveWithoutPlainWordsIsRefused(t *testing.T) {
	for _, request := range []string{`{"op":"save"}`, `{"op":"save","why":"\u001b[2J"}`, `{"op":"save","why":"` + strings.Repeat("x", maxWhy+1) + `"}`} {
		if _, answer := open(t, promptsBox(), request); answer["ok"] != false {
			t.Errorf("%.40s: %v", request, answer)
		}
	}
}
