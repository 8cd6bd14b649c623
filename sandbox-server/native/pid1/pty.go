package pid1

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

// size of a terminal, in character cells.
type size struct {
	Columns int `json:"columns"`
	Rows    int `json:"rows"`
}

const (
	minCells = 2
	maxCells = 1000
)

func (s size) valid() bool {
	return s.Columns >= minCells && s.Columns <= maxCells && s.Rows >= minCells && s.Rows <= maxCells
}

// openPTY opens a pseudo-terminal of this sandbox's own /dev/pts; the slave belongs to the learner.
func openPTY(uid int) (master, slave *os.File, err error) {
	fd, err := syscall.Open("/dev/ptmx", syscall.O_RDWR|syscall.O_NOCTTY|syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("/dev/ptmx: %w", err)
	}
	// Non-blocking, so that Go's poller waits for it and no thread is held.
	master = os.NewFile(uintptr(fd), "ptmx")
	var unlock, number int32
	if err = ioctl(fd, syscall.TIOCSPTLCK, unsafe.Pointer(&unlock)); err == nil {
		err = ioctl(fd, syscall.TIOCGPTN, unsafe.Pointer(&number))
	}
	if err != nil {
		master.Close()
		return nil, nil, fmt.Errorf("pseudo-terminal: %w", err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		master.Close()
		return nil, nil, err
	}
	if err = slave.Chown(uid, -1); err != nil {
		master.Close()
		slave.Close()
		return nil, nil, err
	}
	return master, slave, nil
}

// control runs an ioctl on the terminal without taking it from Go's poller.
func control(file *os.File, request uintptr, argument unsafe.Pointer) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var result error
	if err := raw.Control(func(fd uintptr) { result = ioctl(int(fd), request, argument) }); err != nil {
		return err
	}
	return result
}

func ioctl(fd int, request uintptr, argument unsafe.Pointer) error {
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), request, uintptr(argument)); errno != 0 {
		return errno
	}
	return nil
}

func setSize(master *os.File, s size) {
	window := [4]uint16{uint16(s.Rows), uint16(s.Columns), 0, 0}
	_ = control(master, syscall.TIOCSWINSZ, unsafe.Pointer(&window))
}

// foreground returns the terminal's foreground process group, or 0.
func foreground(master *os.File) int {
	var group int32
	if control(master, syscall.TIOCGPGRP, unsafe.Pointer(&group)) != nil {
		return 0
	}
	return int(group)
}

// readsKeys tells whether the program in the foreground takes single keys (a line editor, an editor) instead of lines.
func readsKeys(master *os.File) bool {
	var mode syscall.Termios
	if control(master, syscall.TCGETS, unsafe.Pointer(&mode)) != nil {
		return false
	}
	return mode.Lflag&syscall.ICANON == 0
}
