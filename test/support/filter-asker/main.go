// Asks the filter of system calls that it runs under about every call that there is, and prints what it answers as JSON.
// None of the calls is made.
package main

import (
	"encoding/json"
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

// Of <linux/seccomp.h>, <linux/filter.h> and <linux/prctl.h>.
const (
	noNewPrivileges = 38
	setFilter       = 1
	newListener     = 1 << 3
	receive         = 0xc0502100
	reply           = 0xc0182101
	notify          = 0x7fc00000
	allow           = 0x7fff0000
	loadWord        = 0x20
	jumpIfEqual     = 0x15
	give            = 0x06
	// Where the low half of a call's sixth argument lies in what a filter sees.
	sixthArgument = 16 + 5*8
)

// asked marks a call as a question. No filter decides by the sixth argument of a call.
const asked = 0x51197a7

// passed is the answer to a call that the filter lets through; the kernel has no such error.
const passed = syscall.Errno(4000)

// notAsked stands for a call that no filter has a say in.
const notAsked = syscall.Errno(4001)

// Room for those to come. From 512 on x86 has some of another convention.
const systemCallNumbers = 512

// Names of errors in what is printed.
var names = map[syscall.Errno]string{syscall.EPERM: "EPERM", syscall.ENOSYS: "ENOSYS"}

type instruction struct {
	code            uint16
	ifTrue, ifFalse uint8
	value           uint32
}

// What the kernel hands out for each call that it holds: the head of it, and room for the rest.
type notification struct {
	id   uint64
	rest [9]uint64
}

type response struct {
	id    uint64
	value int64
	error int32
	flags uint32
}

type answers struct {
	Allowed []int            `json:"allowed"`
	Refused map[string][]int `json:"refused"`
}

// A filter of our own comes behind the one that is asked. It has the kernel hold each call that would be made, and a
// thread of this program sends it back with an error. Of two filters the stricter one decides, so that ours holds what
// the other lets through, and nothing else.
func main() {
	runtime.GOMAXPROCS(2)
	done := make(chan any)
	go func() {
		// The filter is this thread's, and ends with it.
		runtime.LockOSThread()
		listener, errno := holdWhatIsAsked()
		if errno != 0 {
			done <- map[string]string{"error": errno.Error()}
			return
		}
		go sendBack(listener)
		done <- map[string]answers{
			"numbers":     askAll(systemCallNumbers, func(n int) syscall.Errno { return ask(n, 0) }),
			"clone":       askAll(32, func(n int) syscall.Errno { return ask(syscall.SYS_CLONE, 1<<n) }),
			"socket":      askAll(64, func(n int) syscall.Errno { return ask(numberSocket, uintptr(n)) }),
			"keyctl":      askAll(64, func(n int) syscall.Errno { return ask(syscall.SYS_KEYCTL, uintptr(n)) }),
			"personality": askAll(32, func(n int) syscall.Errno { return ask(syscall.SYS_PERSONALITY, 1<<n) }),
		}
	}()
	_ = json.NewEncoder(os.Stdout).Encode(<-done)
}

func ask(number int, first uintptr) syscall.Errno {
	if unfiltered[number] {
		return notAsked
	}
	_, _, errno := syscall.Syscall6(uintptr(number), first, 0, 0, 0, 0, asked)
	return errno
}

func askAll(count int, ask func(n int) syscall.Errno) answers {
	found := answers{Refused: map[string][]int{}}
	for n := 0; n < count; n++ {
		switch errno := ask(n); errno {
		case notAsked:
		case passed:
			found.Allowed = append(found.Allowed, n)
		default:
			found.Refused[names[errno]] = append(found.Refused[names[errno]], n)
		}
	}
	return found
}

func holdWhatIsAsked() (listener uintptr, errno syscall.Errno) {
	if _, _, errno := syscall.Syscall6(syscall.SYS_PRCTL, noNewPrivileges, 1, 0, 0, 0, 0); errno != 0 {
		return 0, errno
	}
	program := []instruction{
		{code: loadWord, value: sixthArgument},
		{code: jumpIfEqual, ifFalse: 1, value: asked},
		{code: give, value: notify},
		{code: give, value: allow},
	}
	filter := struct {
		length  uint16
		program *instruction
	}{uint16(len(program)), &program[0]}
	listener, _, errno = syscall.Syscall(numberSeccomp, setFilter, newListener, uintptr(unsafe.Pointer(&filter)))
	return listener, errno
}

// sendBack answers every call that is held. It runs on threads that the filter does not hold.
func sendBack(listener uintptr) {
	for {
		var held notification
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, listener, receive, uintptr(unsafe.Pointer(&held))); errno != 0 {
			continue
		}
		answer := response{id: held.id, error: -int32(passed)}
		_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, listener, reply, uintptr(unsafe.Pointer(&answer)))
	}
}
