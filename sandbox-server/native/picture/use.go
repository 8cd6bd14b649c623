package picture

import (
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	// memoryStep is what memory is rounded to, in bytes: what comes and goes below it is no news.
	memoryStep = 1 << 20
	// cpuStep is what the use of processors is rounded to, in hundredths of one.
	cpuStep = 5
	// cpuOver is the shortest time over which that is measured.
	cpuOver = time.Second
)

// meters are the files of the control group that has everything in the sandbox but process 1. They stay open, so that
// nothing that is mounted over them later is read.
type meters struct {
	memory, memoryLimit, processes, processesLimit, cpu *os.File

	cpuAt   time.Time
	cpuUsed int64
	share   int64
}

// openMeters opens those of whichever version of control groups there is.
func openMeters(root string) *meters {
	first := func(names ...string) *os.File {
		for _, name := range names {
			if file, err := os.Open(root + name); err == nil {
				return file
			}
		}
		return nil
	}
	return &meters{
		memory:         first("memory.current", "memory/memory.usage_in_bytes"),
		memoryLimit:    first("memory.max", "memory/memory.limit_in_bytes"),
		processes:      first("pids.current", "pids/pids.current"),
		processesLimit: first("pids.max", "pids/pids.max"),
		cpu:            first("cpu.stat", "cpuacct/cpuacct.usage", "cpu,cpuacct/cpuacct.usage"),
	}
}

// unlimited is above any limit that is meant: version 1 writes the largest number of pages for none.
const unlimited = 1 << 60

// read rounds, so that what is the same to a reader is the same.
func (m *meters) read(now time.Time) Use {
	limit := func(file *os.File) int64 {
		if n := number(file); n < unlimited {
			return n
		}
		return 0
	}
	return Use{
		MemoryBytes:    (number(m.memory) + memoryStep/2) / memoryStep * memoryStep,
		MemoryLimit:    limit(m.memoryLimit),
		Processes:      number(m.processes),
		ProcessesLimit: limit(m.processesLimit),
		CPU:            m.cpuShare(now),
	}
}

// cpuShare measures from the last time that was long enough ago.
func (m *meters) cpuShare(now time.Time) int64 {
	passed := now.Sub(m.cpuAt)
	if !m.cpuAt.IsZero() && passed < cpuOver {
		return m.share
	}
	used := cpuNanoseconds(m.cpu)
	if !m.cpuAt.IsZero() {
		share := (used - m.cpuUsed) * 100 / int64(passed)
		m.share = (share + cpuStep/2) / cpuStep * cpuStep
	}
	m.cpuAt, m.cpuUsed = now, used
	return m.share
}

// number reads the first number of a file: 0 where there is none.
func number(file *os.File) int64 {
	field := strings.Fields(content(file))
	if len(field) == 0 {
		return 0
	}
	n, _ := strconv.ParseInt(field[0], 10, 64)
	return n
}

// cpuNanoseconds reads cpuacct.usage, or the first line of cpu.stat: `usage_usec N`.
func cpuNanoseconds(file *os.File) int64 {
	field := strings.Fields(content(file))
	if len(field) > 1 && field[0] == "usage_usec" {
		n, _ := strconv.ParseInt(field[1], 10, 64)
		return n * int64(time.Microsecond)
	}
	return number(file)
}

func content(file *os.File) string {
	if file == nil {
		return ""
	}
	var buffer [512]byte
	n, _ := file.ReadAt(buffer[:], 0)
	return string(buffer[:n])
}
