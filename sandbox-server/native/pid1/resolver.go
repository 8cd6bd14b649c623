package pid1

import (
	"os"
	"syscall"
)

// resolverVariable names the DNS resolver of a sandbox that reaches the internet; it is not there in others.
const resolverVariable = "SLIPWAY_RESOLVER"

// reachesInternet tells whether the sandbox has a way to the internet.
func reachesInternet() bool { return os.Getenv(resolverVariable) != "" }

// nameResolver tells the sandbox's programs where names are resolved, as a DHCP client does. The file is the sandbox's own:
// its root may change it. Where that cannot be written, names are not resolved, and all else works.
func nameResolver() {
	if !reachesInternet() {
		return
	}
	const flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC | syscall.O_NOFOLLOW | syscall.O_NONBLOCK
	file, err := os.OpenFile("/etc/resolv.conf", flags, 0o644)
	if err != nil {
		return
	}
	defer file.Close()
	_, _ = file.WriteString("nameserver " + os.Getenv(resolverVariable) + "\n")
}
