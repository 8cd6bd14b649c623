package network

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// Names and addresses of the way out. Each sandbox has the same: their namespaces keep them apart.
const (
	// insideDevice is the sandbox's end of the way to the gate, gateDevice the gate's.
	insideDevice  = "eth0"
	gateDevice    = "in"
	insideAddress = "10.0.1.2/30"
	gateAddress   = "10.0.1.1"
	// outsideDevice is the gate's end of the way to slirp4netns, outsideRange the addresses there.
	outsideDevice = "tap0"
	outsideRange  = "10.0.2.0/24"
	// resolver is where slirp4netns takes questions for the host's own resolver.
	resolver = "10.0.2.3"
)

// gate is the network namespace between a sandbox and the host, and the user namespace that it belongs to.
type gate struct {
	owner, namespace *os.File
}

// newGate makes a gate whose root is, to the host, the unprivileged user uid.
func newGate(uid int) (*gate, error) {
	mapping := []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
	command := exec.Command("/proc/self/exe", NamespaceCommand)
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET, UidMappings: mapping, GidMappings: mapping,
		GidMappingsEnableSetgroups: true,
		Credential:                 &syscall.Credential{Uid: 0, Gid: 0, NoSetGroups: true}, Pdeathsig: syscall.SIGKILL,
	}
	hold, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	ready, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("the gate's namespaces: %w", err)
	}
	defer func() {
		hold.Close() // it ends
		_ = command.Wait()
	}()
	said := make([]byte, 256)
	n, _ := ready.Read(said)
	if text := strings.TrimSpace(string(said[:n])); text != "ready" {
		return nil, fmt.Errorf("the gate's namespaces: %s", text)
	}
	made := &gate{}
	if made.owner, err = os.Open(fmt.Sprintf("/proc/%d/ns/user", command.Process.Pid)); err != nil {
		return nil, err
	}
	made.namespace, err = os.Open(fmt.Sprintf("/proc/%d/ns/net", command.Process.Pid))
	return made, err
}

// NamespaceCommand is the first argument by which a gate's namespaces are made.
const NamespaceCommand = "network-namespace"

// NamespaceMain sets up the kernel's side of a gate from inside, and holds it until it is taken over.
func NamespaceMain() {
	for _, setting := range []struct{ path, value string }{
		{"net/ipv4/ip_forward", "1"},
		// Refusals are told each time, at once: otherwise the second within a second is a silence.
		{"net/ipv4/icmp_ratelimit", "0"},
		// There is no way out by IPv6.
		{"net/ipv6/conf/all/disable_ipv6", "1"},
		{"net/ipv6/conf/default/disable_ipv6", "1"},
	} {
		err := os.WriteFile("/proc/sys/"+setting.path, []byte(setting.value), 0)
		// A kernel without IPv6 has nothing to shut.
		if err != nil && !(os.IsNotExist(err) && strings.HasPrefix(setting.path, "net/ipv6/")) {
			fmt.Println(err)
			return
		}
	}
	fmt.Println("ready")
	_, _ = os.Stdin.Read(make([]byte, 1))
}

// connect lays the rules, then the way between the sandbox and the gate.
func (g *gate) connect(inside *os.File, limits *Limits) error {
	own, err := ownAddresses()
	if err != nil {
		return err
	}
	// First: nothing ever passes without them.
	if err := runIn(g.namespace, rules(limits, own), "nft", "-f", "-"); err != nil {
		return err
	}
	link := []string{
		"link set lo up",
		"link add " + gateDevice + " type veth peer name " + insideDevice + " netns /proc/self/fd/4",
		"address add " + gateAddress + "/30 dev " + gateDevice,
		"link set " + gateDevice + " up",
	}
	if err := configure(g.namespace, link, inside); err != nil {
		return err
	}
	if err := hold(g.namespace, gateDevice, limits); err != nil {
		return err
	}
	address := []string{
		"link set lo up",
		"address add " + insideAddress + " dev " + insideDevice,
		"link set " + insideDevice + " up",
		"route add default via " + gateAddress,
	}
	return configure(inside, address)
}

// configure carries out lines of ip in a network namespace. They may name the namespaces besides as descriptors from 4 on.
func configure(namespace *os.File, lines []string, besides ...*os.File) error {
	return runIn(namespace, strings.Join(lines, "\n"), "ip", "-batch", "-", besides...)
}

// hold keeps what leaves by a device to the limit.
func hold(namespace *os.File, device string, limits *Limits) error {
	// A bucket of a twentieth of a second, and room for the largest packet of a virtual device.
	burst := max(limits.BytesPerSecond/20, 128<<10)
	line := fmt.Sprintf("qdisc replace dev %s root tbf rate %dbps burst %d latency 100ms", device, limits.BytesPerSecond, burst)
	return runIn(namespace, line, "tc", "-batch", "-")
}

func max(a, b int64) int64 {
	if a > b {
		return a
	}
	return b
}

// runIn runs a tool in a network namespace, with the input given.
func runIn(namespace *os.File, input, program, option, value string, besides ...*os.File) error {
	command := exec.Command("nsenter", "--net=/proc/self/fd/3", "--", program, option, value)
	command.ExtraFiles = append([]*os.File{namespace}, besides...)
	command.Stdin = strings.NewReader(input)
	if text, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, strings.TrimSpace(string(text)))
	}
	return nil
}
