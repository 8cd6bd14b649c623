package launch

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// ProbeNestingCommand is the first argument by which the probe starts itself in namespaces like a sandbox's.
const ProbeNestingCommand = "probe-nesting"

// probeNesting tries what a container engine inside a sandbox needs of the kernel, as a user namespace's root: it starts
// itself in new namespaces, in a scratch directory that belongs to the ids there.
func probeNesting(scratch string, base, size int, found map[string]finding) error {
	if err := os.Chown(scratch, base, base); err != nil {
		return err
	}
	// Inherited: the folders above may be closed to the ids there.
	if err := os.Chdir(scratch); err != nil {
		return err
	}
	mapping := []syscall.SysProcIDMap{{ContainerID: 0, HostID: base, Size: size}}
	command := exec.Command("/proc/self/exe", ProbeNestingCommand)
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET |
			syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
		UidMappings: mapping, GidMappings: mapping, GidMappingsEnableSetgroups: true,
		Credential: &syscall.Credential{Uid: 0, Gid: 0},
		Pdeathsig:  syscall.SIGKILL,
	}
	output, err := command.Output()
	if err != nil {
		return err
	}
	return json.Unmarshal(output, &found)
}

// ProbeNestingMain runs in the namespaces and the directory of probeNesting and prints {name: finding} as JSON.
func ProbeNestingMain() {
	found := map[string]finding{}
	for name, try := range map[string]func() error{
		"nestedOverlay": nestedOverlay,
		"nestedProc":    nestedProc,
		"bridge":        func() error { return addLink("probe-br", "bridge") },
		"veth":          func() error { return addLink("probe-veth", "veth") },
		"nat":           addNatChain,
	} {
		if err := try(); err != nil {
			found[name] = finding{Error: err.Error()}
		} else {
			found[name] = finding{OK: true}
		}
	}
	_ = json.NewEncoder(os.Stdout).Encode(found)
}

// nestedOverlay mounts an overlay as the engine's storage driver does in a user namespace.
func nestedOverlay() error {
	for _, name := range []string{"nested-lower", "nested-upper", "nested-work", "nested-root"} {
		if err := os.Mkdir(name, 0o755); err != nil {
			return err
		}
	}
	const options = "lowerdir=nested-lower,upperdir=nested-upper,workdir=nested-work,userxattr"
	if err := syscall.Mount("probe", "nested-root", "overlay", 0, options); err != nil {
		return err
	}
	defer syscall.Unmount("nested-root", syscall.MNT_DETACH)
	return os.WriteFile("nested-root/file", nil, 0o644)
}

// nestedProc mounts the /proc of a new process namespace, as every container has.
func nestedProc() error {
	if err := os.Mkdir("nested-proc", 0o755); err != nil {
		return err
	}
	if err := syscall.Mount("proc", "nested-proc", "proc", 0, ""); err != nil {
		return err
	}
	return syscall.Unmount("nested-proc", syscall.MNT_DETACH)
}

// Attributes of linux/if_link.h and linux/netfilter/nf_tables.h, and what package syscall does not name of netlink.
const (
	iflaInfoKind     = 1
	nlaNested        = 0x8000
	netlinkNetfilter = 12
	nfnlBatchBegin   = 0x10
	nfnlBatchEnd     = 0x11
	nftTables        = 10 // NFNL_SUBSYS_NFTABLES
	nftNewTable      = 0
	nftNewChain      = 3
	nfInetPost       = 4   // NF_INET_POST_ROUTING
	natSource        = 100 // NF_IP_PRI_NAT_SRC
)

// addLink makes a network device of a kind.
func addLink(name, kind string) error {
	info := attribute(syscall.IFLA_LINKINFO, attribute(iflaInfoKind, []byte(kind)))
	body := append(make([]byte, syscall.SizeofIfInfomsg), attribute(syscall.IFLA_IFNAME, append([]byte(name), 0))...)
	const flags = syscall.NLM_F_REQUEST | syscall.NLM_F_ACK | syscall.NLM_F_CREATE | syscall.NLM_F_EXCL
	return converse(syscall.NETLINK_ROUTE, message(syscall.RTM_NEWLINK, flags, 1, append(body, info...)))
}

// addNatChain makes an nftables chain that translates addresses, as a bridge network needs.
func addNatChain() error {
	text := func(kind int, value string) []byte { return attribute(kind, append([]byte(value), 0)) }
	number := func(kind int, value uint32) []byte {
		return attribute(kind, binary.BigEndian.AppendUint32(nil, value))
	}
	header := func(family byte, subsystem uint16) []byte {
		return binary.BigEndian.AppendUint16([]byte{family, 0}, subsystem)
	}
	hook := append(number(1, nfInetPost), number(2, natSource)...)
	chain := header(syscall.AF_INET, 0)
	for _, part := range [][]byte{text(1, "probe"), text(3, "probe"), attribute(4|nlaNested, hook), text(7, "nat")} {
		chain = append(chain, part...)
	}
	const request, create = syscall.NLM_F_REQUEST, syscall.NLM_F_REQUEST | syscall.NLM_F_ACK | syscall.NLM_F_CREATE
	batch := message(nfnlBatchBegin, request, 1, header(0, nftTables))
	batch = append(batch, message(nftTables<<8|nftNewTable, create&^syscall.NLM_F_ACK, 2,
		append(header(syscall.AF_INET, 0), text(1, "probe")...))...)
	batch = append(batch, message(nftTables<<8|nftNewChain, create, 3, chain)...)
	return converse(netlinkNetfilter, append(batch, message(nfnlBatchEnd, request, 4, header(0, nftTables))...))
}

func attribute(kind int, value []byte) []byte {
	head := binary.LittleEndian.AppendUint16(nil, uint16(4+len(value)))
	return pad(append(binary.LittleEndian.AppendUint16(head, uint16(kind)), value...))
}

func message(kind, flags int, sequence uint32, body []byte) []byte {
	head := binary.LittleEndian.AppendUint32(nil, uint32(syscall.NLMSG_HDRLEN+len(body)))
	head = binary.LittleEndian.AppendUint16(head, uint16(kind))
	head = binary.LittleEndian.AppendUint16(head, uint16(flags))
	head = binary.LittleEndian.AppendUint32(head, sequence)
	return pad(append(append(head, 0, 0, 0, 0), body...))
}

func pad(bytes []byte) []byte {
	for len(bytes)%4 != 0 {
		bytes = append(bytes, 0)
	}
	return bytes
}

// netlinkPatience is how long the kernel may take to answer, in seconds: it may load a module first.
const netlinkPatience = 5

// converse sends messages and returns the first error that the kernel answers, or nil when it acknowledges.
func converse(family int, messages []byte) error {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, family)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	_ = syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &syscall.Timeval{Sec: netlinkPatience})
	if err := syscall.Sendto(fd, messages, 0, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK}); err != nil {
		return err
	}
	buffer := make([]byte, os.Getpagesize())
	n, _, err := syscall.Recvfrom(fd, buffer, 0)
	if err != nil {
		return err
	}
	answers, err := syscall.ParseNetlinkMessage(buffer[:n])
	if err != nil {
		return err
	}
	for _, answer := range answers {
		if answer.Header.Type != syscall.NLMSG_ERROR || len(answer.Data) < 4 {
			continue
		}
		if code := int32(binary.LittleEndian.Uint32(answer.Data)); code != 0 {
			return syscall.Errno(-code)
		}
		return nil
	}
	return errors.New("the kernel gave no answer")
}
