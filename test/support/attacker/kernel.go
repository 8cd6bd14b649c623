package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"unsafe"
)

func pointer(address uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&address)) }

// pseudoTerminals opens as many as so many processes can have.
func pseudoTerminals(processes int) any {
	const spare = 24
	var files []int
	for {
		fd, err := syscall.Open("/dev/ptmx", syscall.O_RDWR|syscall.O_NOCTTY|syscall.O_CLOEXEC, 0)
		if err == nil {
			files = append(files, fd)
			continue
		}
		if err != syscall.EMFILE || processes <= 1 || len(files) < spare {
			return map[string]any{"opened": len(files), "error": err.Error()}
		}
		// Room for what another process is started with.
		for _, fd := range files[len(files)-spare:] {
			_ = syscall.Close(fd)
		}
		return map[string]any{"opened": len(files) - spare + elsewhere("ptys", processes-1)}
	}
}

// elsewhere goes on with an attack in another process, and tells how much that got.
func elsewhere(attack string, number int) int {
	read, write, err := os.Pipe()
	if err != nil {
		return 0
	}
	child := exec.Command("/proc/self/exe", attack, itoa(number), "hold")
	child.Stdout = write
	if child.Start() != nil {
		return 0
	}
	var answer struct{ Opened int }
	_ = json.NewDecoder(read).Decode(&answer)
	return answer.Opened
}

// asynchronousIO takes contexts of the old asynchronous I/O, of which the whole host has one count.
func asynchronousIO(number int) any {
	taken := 0
	for ; taken < number; taken++ {
		var context uintptr
		_, _, errno := syscall.Syscall(syscall.SYS_IO_SETUP, 300, uintptr(unsafe.Pointer(&context)), 0)
		if errno != 0 {
			return map[string]any{"taken": taken, "error": nameOf(errno)}
		}
	}
	return map[string]any{"taken": taken}
}

// fill writes to a descriptor that nobody reads until the kernel takes no more.
func fill(fd int) int {
	total := 0
	piece := make([]byte, 64*1024)
	_ = syscall.SetNonblock(fd, true)
	for {
		n, err := syscall.Write(fd, piece)
		if err != nil || n <= 0 {
			return total
		}
		total += n
	}
}

func pipes(number int) any {
	const setPipeSize = 1031
	held := 0
	for i := 0; i < number; i++ {
		var pair [2]int
		if syscall.Pipe(pair[:]) != nil {
			break
		}
		_, _, _ = syscall.Syscall(syscall.SYS_FCNTL, uintptr(pair[1]), setPipeSize, megabyte)
		held += fill(pair[1])
	}
	return map[string]int{"held": held}
}

func unixSockets(number int) any {
	held := 0
	for i := 0; i < number; i++ {
		pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
		if err != nil {
			break
		}
		held += fill(pair[0])
	}
	return map[string]int{"held": held}
}

func tcpSockets(number int) any {
	listener, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return map[string]any{"error": err.Error()}
	}
	if err := syscall.Bind(listener, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return map[string]any{"error": err.Error()}
	}
	_ = syscall.Listen(listener, 1024)
	at, _ := syscall.Getsockname(listener)
	held := 0
	for i := 0; i < number; i++ {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		if err != nil || syscall.Connect(fd, at) != nil {
			break
		}
		if _, _, err := syscall.Accept(listener); err != nil {
			break
		}
		held += fill(fd)
	}
	return map[string]int{"held": held}
}

// udpSockets tells what the kernel itself counts: packets that do not fit are dropped in silence.
func udpSockets(number int) any {
	sender, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		return map[string]any{"error": err.Error()}
	}
	piece := make([]byte, 32*1024)
	for i := 0; i < number; i++ {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
		if err != nil || syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}) != nil {
			break
		}
		at, _ := syscall.Getsockname(fd)
		for n := 0; n < 16; n++ {
			_ = syscall.Sendto(sender, piece, 0, at)
		}
	}
	return map[string]int{"held": column("/proc/net/udp", 4, func(field string) int {
		var sent, waiting int
		_, _ = fmt.Sscanf(field, "%x:%x", &sent, &waiting)
		return waiting
	})}
}

// netlinkSockets makes the kernel queue answers that nobody reads: each refused request comes back whole.
func netlinkSockets(number int) any {
	const size, dontWait = 8000, 0x40
	message := make([]byte, size)
	header := (*syscall.NlMsghdr)(unsafe.Pointer(&message[0]))
	*header = syscall.NlMsghdr{Len: size, Type: 9999, Flags: syscall.NLM_F_REQUEST | syscall.NLM_F_ACK}
	kernel := &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}
	for i := 0; i < number; i++ {
		fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW, syscall.NETLINK_ROUTE)
		if err != nil || syscall.Bind(fd, kernel) != nil {
			break
		}
		for n := 0; n < 32; n++ {
			_ = syscall.Sendto(fd, message, dontWait, kernel)
		}
	}
	return map[string]int{"held": column("/proc/net/netlink", 4, func(field string) int {
		var bytes int
		_, _ = fmt.Sscanf(field, "%d", &bytes)
		return bytes
	})}
}

// column adds up one column of a table in /proc/net.
func column(path string, at int, value func(string) int) int {
	text, _ := os.ReadFile(path)
	sum := 0
	for _, line := range strings.Split(string(text), "\n")[1:] {
		if fields := strings.Fields(line); len(fields) > at {
			sum += value(fields[at])
		}
	}
	return sum
}

// abstractSocket looks for a Unix socket without a path, whose name is `slipway-test-NUMBER`.
func abstractSocket(number int) any {
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	err = syscall.Connect(fd, &syscall.SockaddrUnix{Name: "@slipway-test-" + itoa(number)})
	if err == nil {
		return map[string]string{"error": "connected"}
	}
	return map[string]string{"error": err.Error()}
}

// openDevice opens a device node that an image brought along.
func openDevice(int) any {
	fd, err := syscall.Open("/tmp/zero", syscall.O_RDONLY, 0)
	if err == nil {
		_ = syscall.Close(fd)
		return map[string]string{"error": "opened"}
	}
	return map[string]string{"error": err.Error()}
}
