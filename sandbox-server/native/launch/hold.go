package launch

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// HoldMain is the one process of the systemd service whose cgroup is delegated to Slipway. It moves itself to a leaf
// (a cgroup with processes cannot pass controllers on) and waits: while it runs, systemd leaves the subtree alone.
func HoldMain([]string) {
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, line := range strings.Split(string(own), "\n") {
		path, ok := strings.TrimPrefix(line, "0::"), strings.HasPrefix(line, "0::")
		if !ok {
			continue
		}
		leaf := filepath.Join("/sys/fs/cgroup", path, "holder")
		if err := os.MkdirAll(leaf, 0o755); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := write(leaf, "cgroup.procs", "0"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	<-end
}
