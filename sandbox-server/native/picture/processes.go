package picture

import (
	"bytes"
	"os"
	"sort"
	"strconv"
	"strings"
	"syscall"

	"slipway/beneath"
)

// Kinds are the namespaces that the kernel has, by the names of their links.
var Kinds = [...]string{"pid", "net", "ipc", "mnt", "uts", "user", "cgroup", "time"}

// namespaces of a process, in the order of Kinds; 0: not known.
type namespaces [len(Kinds)]uint64

type process struct {
	Process
	uid int
	in  namespaces
}

const (
	// maxRead bounds how many processes are read of a fork bomb: half of them the oldest, half the newest.
	maxRead = 400
	// maxStatus is more than the kernel writes into a status file of a process with few groups, in bytes.
	maxStatus = 8 << 10
)

// numbers lists the process ids below proc, the lowest first.
func numbers(proc int) ([]int, error) {
	directory, err := beneath.Open(proc, ".", 0)
	if err != nil {
		return nil, err
	}
	defer directory.Close()
	names, err := directory.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var all []int
	for _, name := range names {
		if number, err := strconv.Atoi(name); err == nil {
			all = append(all, number)
		}
	}
	sort.Ints(all)
	return all, nil
}

// readProcesses reads those that are there, and returns with them how many were not looked at. What has ended meanwhile is
// left out.
func readProcesses(proc int) ([]*process, int, error) {
	all, err := numbers(proc)
	if err != nil {
		return nil, 0, err
	}
	left := 0
	if len(all) > maxRead {
		left = len(all) - maxRead
		all = append(all[:maxRead/2:maxRead/2], all[len(all)-maxRead/2:]...)
	}
	var read []*process
	hidden := map[int][]*process{}
	for _, number := range all {
		status, err := beneath.Read(proc, strconv.Itoa(number)+"/status", maxStatus)
		if err != nil {
			continue
		}
		one := parseStatus(number, status)
		if !one.Ended && !one.readLinks(proc) {
			hidden[one.uid] = append(hidden[one.uid], one)
		}
		read = append(read, one)
	}
	for uid, those := range hidden {
		asUser(uid, func() {
			for _, one := range those {
				one.Unknown = !one.readLinks(proc)
			}
		})
	}
	return read, left, nil
}

// parseStatus takes what it needs of a file /proc/N/status.
func parseStatus(number int, status []byte) *process {
	one := &process{Process: Process{Number: number, Inside: number}}
	for _, line := range bytes.Split(status, []byte{'\n'}) {
		key, value, _ := strings.Cut(string(line), ":")
		field := strings.Fields(value)
		switch {
		case key == "Name":
			// The kernel marks what would break the line.
			name := strings.NewReplacer(`\n`, "\n", `\\`, `\`).Replace(strings.TrimPrefix(value, "\t"))
			one.Command = printable(name, 64)
		case len(field) == 0:
		case key == "State":
			one.Ended = field[0] == "Z" || field[0] == "X"
		case key == "PPid":
			one.Parent, _ = strconv.Atoi(field[0])
		case key == "Uid" && len(field) > 1:
			// The effective one, as ps has it: sudo is the learner's by its real one.
			one.uid, _ = strconv.Atoi(field[1])
		case key == "NSpid":
			one.Inside, _ = strconv.Atoi(field[len(field)-1])
		}
	}
	return one
}

// readLinks reads which namespaces it is in. False: this thread may not.
func (p *process) readLinks(proc int) bool {
	links, err := beneath.Open(proc, strconv.Itoa(p.Number)+"/ns", syscall.O_DIRECTORY)
	if err != nil {
		return !os.IsPermission(err)
	}
	defer links.Close()
	buffer := make([]byte, 64)
	for i, kind := range Kinds {
		number, err := namespaceAt(int(links.Fd()), kind, buffer)
		if os.IsPermission(err) {
			return false
		}
		p.in[i] = number
	}
	return true
}

// namespaceAt reads a link such as `uts:[4026531838]`.
func namespaceAt(links int, kind string, buffer []byte) (uint64, error) {
	n, err := readlinkat(links, kind, buffer)
	if err != nil {
		return 0, err
	}
	_, number, _ := strings.Cut(string(buffer[:n]), ":[")
	return strconv.ParseUint(strings.TrimSuffix(number, "]"), 10, 64)
}
