package pid1

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"syscall"

	"slipway/beneath"
)

// history is what terminals showed before the sandbox's programs ended, on its disk: a file for each. An empty one says
// that there was a terminal of this name, and that nothing of it was saved.
type history struct {
	// root is "/" but in tests.
	root string
}

var historyDirectory = []string{"var", "lib", "slipway", "terminals"}

const (
	// maxSaved is how much output of one terminal is saved, in bytes: some thousand lines.
	maxSaved = 256 << 10
	// maxWhy bounds the words that say why a shell ended, in bytes.
	maxWhy = 200
	// maxRead is what is read of a file at most: what was written, and its first line.
	maxRead = maxSaved + 16<<10
	// unfinishedName comes before the name of a file that is being written; no terminal is called so.
	unfinishedName = ".new-"
)

// saved is the first line of a file, as JSON. Output follows.
type saved struct {
	// Why says when the shell ended: "the sandbox was stopped after 60 minutes without you".
	Why string `json:"why"`
	// Exited: the shell had ended by itself before that.
	Exited bool `json:"exited"`
}

// before returns what a new terminal of this name begins with: what the one before showed, and a line that says why its
// shell is gone. Nothing where there was none.
func (h history) before(name string) []byte {
	text, err := h.read(name)
	if err != nil {
		return nil
	}
	first, output, found := bytes.Cut(text, []byte("\n"))
	var how saved
	if !found || json.Unmarshal(first, &how) != nil {
		return aside("The sandbox ended, and the shell that was here with it. What was on the screen is lost. A new shell:")
	}
	if how.Exited {
		return append(output, aside("The shell that was here had ended. A new one:")...)
	}
	return append(output, aside("This shell ended when "+how.Why+". A new one:")...)
}

// aside is a line of init's own in a terminal, dim.
func aside(text string) []byte {
	return []byte("\x1b[2m— " + text + " —\x1b[0m\r\n")
}

// begin notes that a terminal of this name has a shell, and drops what was saved of the one before.
func (h history) begin(name string) {
	_ = h.within(func(directory int) error {
		const flags = syscall.O_WRONLY | syscall.O_CREAT | syscall.O_TRUNC
		file, err := openFile(directory, name, flags)
		if err != nil {
			return err
		}
		return file.Close()
	})
}

// forget removes what is known of a terminal.
func (h history) forget(name string) {
	if terminalName.MatchString(name) {
		_ = h.within(func(directory int) error { return syscall.Unlinkat(directory, name) })
	}
}

// write saves a terminal's output. It is there as a whole, or what was there before still is.
func (h history) write(name string, how saved, output []byte) error {
	first, err := json.Marshal(how)
	if err != nil {
		return err
	}
	return h.within(func(directory int) error {
		unfinished := unfinishedName + name
		file, err := openFile(directory, unfinished, syscall.O_WRONLY|syscall.O_CREAT|syscall.O_TRUNC)
		if err != nil {
			return err
		}
		_, err = file.Write(append(append(first, '\n'), output...))
		if closing := file.Close(); err == nil {
			err = closing
		}
		if err == nil {
			err = syscall.Renameat(directory, unfinished, directory, name)
		}
		if err != nil {
			_ = syscall.Unlinkat(directory, unfinished)
		}
		return err
	})
}

func (h history) read(name string) (text []byte, err error) {
	err = h.within(func(directory int) error {
		file, err := openFile(directory, name, syscall.O_RDONLY)
		if err != nil {
			return err
		}
		defer file.Close()
		text, err = io.ReadAll(io.LimitReader(file, maxRead))
		return err
	})
	return text, err
}

// within gives the directory out while it is open. Where it is missing it is made, for root alone.
func (h history) within(use func(directory int) error) error {
	root, err := syscall.Open(h.root, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(root)
	directory, err := beneath.Directory(root, historyDirectory, 0o700)
	if err != nil {
		return err
	}
	defer syscall.Close(directory)
	return use(directory)
}

var errNoFile = errors.New("not a regular file")

// openFile opens a regular file of the directory. Root in the sandbox may have put a link or a pipe in its place.
func openFile(directory int, name string, flags int) (*os.File, error) {
	fd, err := syscall.Openat(directory, name, flags|syscall.O_NOFOLLOW|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), name)
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		file.Close()
		return nil, errNoFile
	}
	return file, nil
}
