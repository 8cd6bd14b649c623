package pid1

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// engineInUse tells whether somebody has a connection to the engine or a container runs.
func engineInUse() bool {
	return connected("/proc/net/unix", engineSocket) || runsContainers("/proc")
}

// connected tells whether a table such as /proc/net/unix has a connection to the socket at path. Its columns: slot,
// reference count, protocol, flags, type, state (02 waits to be accepted, 03 is connected), inode, path.
func connected(table, path string) bool {
	file, err := os.Open(table)
	if err != nil {
		return false
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		field := strings.Fields(lines.Text())
		if len(field) == 8 && (field[5] == "02" || field[5] == "03") && field[7] == path {
			return true
		}
	}
	return false
}

// runsContainers tells whether a container's keeper runs: each has one for as long as it runs.
func runsContainers(proc string) bool {
	names, _ := filepath.Glob(proc + "/[0-9]*/comm")
	for _, name := range names {
		if comm, err := os.ReadFile(name); err == nil && strings.HasPrefix(string(comm), "containerd-shim") {
			return true
		}
	}
	return false
}

// engineRefusal is an answer of the engine's interface that its client prints after "Error response from daemon:".
func engineRefusal(why string) []byte {
	text := "the Docker Engine of this sandbox could not start; its log is " + engineLog
	if why != "" {
		text += "; it ends with: " + why
	}
	body, _ := json.Marshal(map[string]string{"message": text})
	return []byte(fmt.Sprintf("HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"+
		"Connection: close\r\nContent-Length: %d\r\n\r\n%s", len(body), body))
}

// longestLastLine bounds what is passed on of a line that a program wrote.
const longestLastLine = 400

// lastLine returns the last line of a file that has words, or as much of it as a reader wants.
func lastLine(path string) string {
	file, err := openRegular(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	last := ""
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" {
			last = line
		}
	}
	if len(last) > longestLastLine {
		last = last[:longestLastLine] + "…"
	}
	return strings.ToValidUTF8(last, "?")
}
