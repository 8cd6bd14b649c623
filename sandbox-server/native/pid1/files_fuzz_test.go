package pid1

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// fileOf writes what root in a sandbox may have put in the place of a file.
func fileOf(t *testing.T, path string, content []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// What is saved of a terminal is a piece of what it showed, of bounded size, and begins outside of the alternate screen.
func FuzzNewest(f *testing.F) {
	for _, output := range []string{
		"one\r\ntwo\r\n", "\x1b[?1049hvim\x1b[?1049l$ ", "vim\x1b[?47l$ \x1b[?47h", "\x1b[?1047l", "\x1b[?1049h\x1b[?1049h\x1b[?1049l",
		"a\n" + strings.Repeat("ä", 2*lineSearch),
	} {
		f.Add([]byte(output), uint16(3), true)
		f.Add([]byte(output), uint16(2000), false)
		f.Add([]byte(output), uint16(2*maxSaved/len(output)), false)
	}
	f.Fuzz(func(t *testing.T, piece []byte, times uint16, alternate bool) {
		if len(piece)*int(times) > 2*ringSize {
			return
		}
		output := bytes.Repeat(piece, int(times))
		saved := newest(output, alternate)
		if len(saved) > maxSaved || !bytes.Contains(output, saved) {
			t.Fatalf("%d bytes of %d", len(saved), len(output))
		}
		if cut := len(saved) > 0 && len(saved) < len(output) && bytes.HasSuffix(output, saved); cut && len(output) > maxSaved && saved[0]&0xC0 == 0x80 && utf8.Valid(output) {
			t.Error("it begins in the middle of a character")
		}
		if first := alternateSwitch.FindSubmatch(saved); first != nil && string(first[1]) == "l" && !endsTwice(output) {
			t.Error("it begins in the alternate screen")
		}
	})
}

// endsTwice: a program that leaves the alternate screen twice was not in it the second time.
func endsTwice(output []byte) bool {
	all := alternateSwitch.FindAllSubmatch(output, -1)
	for i := 1; i < len(all); i++ {
		if string(all[i][1]) == "l" && string(all[i-1][1]) == "l" {
			return true
		}
	}
	return false
}

// What a new terminal begins with is bounded, whatever stands on the disk.
func FuzzHistory(f *testing.F) {
	for _, text := range []string{
		"", "\n", `{"why":"the sandbox was stopped","exited":false}` + "\nls\r\n", `{"exited":true}` + "\n", "{\n", "null\nx", `{"why":7}` + "\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		h := history{root: t.TempDir()}
		fileOf(t, filepath.Join(append([]string{h.root}, append(append([]string{}, historyDirectory...), "main")...)...), text)
		begins := h.before("main")
		if len(begins) > maxRead+1024 || !bytes.HasSuffix(begins, []byte("A new one: —\x1b[0m\r\n")) && !bytes.HasSuffix(begins, []byte("A new shell: —\x1b[0m\r\n")) {
			t.Errorf("it begins with %d bytes that end with %q", len(begins), begins)
		}
	})
}

// Files of lines, as the kernel, accounts and programs write them.
func FuzzLines(f *testing.F) {
	f.Add([]byte("learner:x:1000:1000::/home/learner:/bin/bash\n"), "uid")
	f.Add([]byte("low 0\nmax 17\n"), "max")
	f.Add([]byte("Num RefCount Protocol Flags Type St Inode Path\n0: 2 0 0 1 03 9 /run/docker.sock\n"), "")
	f.Add([]byte("9223372036854775808"), "")
	f.Add(bytes.Repeat([]byte("x"), 70_000), "x")
	f.Fuzz(func(t *testing.T, text []byte, key string) {
		path := fileOf(t, filepath.Join(t.TempDir(), "file"), text)
		lines := 0
		eachLine(path, 7, func(field []string) {
			if lines++; len(field) != 7 || strings.Contains(strings.Join(field, ""), "\n") {
				t.Errorf("a line of %q", field)
			}
		})
		if lines > maxAccountLines {
			t.Errorf("%d lines", lines)
		}
		_, _ = numberIn(path, key)
		if connected(path, key) && !bytes.Contains(text, []byte(key)) {
			t.Errorf("%q is connected", key)
		}
		if last := lastLine(path); len(last) > longestLastLine+len("…")+utf8Growth || strings.ContainsAny(last, "\n\x00") && !bytes.Contains(text, []byte{0}) {
			t.Errorf("the last line is %q", last)
		}
	})
}

// utf8Growth: a character that was cut in two becomes one that says so.
const utf8Growth = 3
