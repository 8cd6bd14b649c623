package picture

import (
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"
	"unsafe"

	"slipway/beneath"
)

func readlinkat(directory int, name string, buffer []byte) (int, error) {
	path, err := syscall.BytePtrFromString(name)
	if err != nil {
		return 0, err
	}
	n, _, errno := syscall.Syscall6(syscall.SYS_READLINKAT, uintptr(directory), uintptr(unsafe.Pointer(path)),
		uintptr(unsafe.Pointer(&buffer[0])), uintptr(len(buffer)), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

const (
	prSetDumpable = 4
	// dumpable: others of the same user may read the process's own links.
	dumpable = 1
)

// asUser does something on a thread that the kernel takes for this user's when it opens files and reads links, and waits
// for it. Process 1 may not read the namespaces of other users' processes where it lacks CAP_SYS_PTRACE, and a user may
// read those of their own. Who may signal or trace the thread goes by its other ids, which stay root's.
func asUser(uid int, do func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		// Never unlocked: the thread ends with this function.
		runtime.LockOSThread()
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETFSGID, uintptr(uid), 0, 0); errno != 0 {
			return
		}
		_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, uintptr(uid), 0, 0)
		// The change of user has closed process 1 to root's own programs.
		_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, prSetDumpable, dumpable, 0)
		do()
	}()
	<-done
}

// kernelRelease is what `uname -r` prints.
func kernelRelease() string {
	var name syscall.Utsname
	if syscall.Uname(&name) != nil {
		return ""
	}
	var text strings.Builder
	for _, c := range name.Release {
		if c == 0 {
			break
		}
		text.WriteByte(byte(c))
	}
	return printable(text.String(), 64)
}

// printable replaces all that is no letter, digit, mark, symbol or blank, and cuts at so many bytes.
func printable(text string, most int) string {
	var out strings.Builder
	for _, r := range text {
		if !unicode.IsPrint(r) {
			r = utf8.RuneError
		}
		if out.Len()+utf8.RuneLen(r) > most {
			break
		}
		out.WriteRune(r)
	}
	return out.String()
}

// readAt reads a short file below a directory.
func readAt(directory int, path string) (string, error) {
	text, err := beneath.Read(directory, path, 512)
	return string(text), err
}

func userName(users map[int]string, uid int) string {
	if name := printable(users[uid], 32); name != "" {
		return name
	}
	return strconv.Itoa(uid)
}
