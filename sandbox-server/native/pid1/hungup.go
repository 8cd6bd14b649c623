package pid1

import (
	"net"
	"syscall"
	"unsafe"
)

const (
	pollHangUp     = 0x10
	pollReadHangUp = 0x2000
)

type pollFd struct {
	fd      int32
	events  int16
	revents int16
}

// hungUp tells whether the other end of a connection has closed it, though input may still wait to be read.
func hungUp(conn net.Conn) bool {
	unix, ok := conn.(*net.UnixConn)
	if !ok {
		return false
	}
	raw, err := unix.SyscallConn()
	if err != nil {
		return true
	}
	gone := false
	err = raw.Control(func(fd uintptr) {
		poll := pollFd{fd: int32(fd), events: pollReadHangUp}
		var now syscall.Timespec
		n, _, _ := syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&poll)), 1, uintptr(unsafe.Pointer(&now)), 0, 0, 0)
		gone = n == 1 && poll.revents&(pollHangUp|pollReadHangUp) != 0
	})
	return gone || err != nil
}
