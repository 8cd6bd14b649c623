package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

func itoa(number int) string { return strconv.Itoa(number) }

const megabyte = 1 << 20

var kept []byte

// memory takes so many megabytes and writes to each page of them.
func memory(megabytes int) any {
	kept = make([]byte, megabytes*megabyte)
	for at := 0; at < len(kept); at += os.Getpagesize() {
		kept[at] = 1
	}
	return map[string]int{"bytes": len(kept)}
}

// zombies leaves so many children that ended without being waited for.
func zombies(number int) any {
	made := 0
	for ; made < number; made++ {
		child := exec.Command("/proc/self/exe", "nothing")
		if child.Start() != nil {
			break
		}
		// Not waited for: child.Wait is never called.
	}
	return map[string]int{"made": made}
}

// lines prints numbered lines, about so many a second, until it is killed.
func lines(perSecond int) any {
	out := bufio.NewWriter(os.Stdout)
	began := time.Now()
	for n := 0; ; n++ {
		fmt.Fprintf(out, "line-%d\n", n)
		due := began.Add(time.Duration(n) * time.Second / time.Duration(perSecond))
		if wait := time.Until(due); wait > 0 {
			_ = out.Flush()
			time.Sleep(wait)
		}
	}
}

// sharedMemory fills System V segments of 4 MB, which outlive every process.
func sharedMemory(segments int) any {
	filled := 0
	for ; filled < segments; filled++ {
		const create, mode = 0o1000, 0o666
		id, _, errno := syscall.Syscall(syscall.SYS_SHMGET, 0, 4*megabyte, create|mode)
		if errno != 0 {
			break
		}
		at, _, errno := syscall.Syscall(syscall.SYS_SHMAT, id, 0, 0)
		if errno != 0 {
			break
		}
		for page := uintptr(0); page < 4*megabyte; page += 4096 {
			*(*byte)(pointer(at + page)) = 1
		}
	}
	return map[string]int{"filled": filled}
}
