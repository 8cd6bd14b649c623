package network

import (
	"fmt"
	"net"
	"strings"
)

// shut are the IPv4 ranges that no sandbox reaches, whatever the host's routes say: RFC 6890 and what came after it. IPv6
// has no way out at all, so that no address of it stands for one of these.
var shut = []string{
	"0.0.0.0/8",        // "this network": to Linux it is the host itself
	"10.0.0.0/8",       // private
	"100.64.0.0/10",    // shared by providers' customers, and clouds' own services
	"127.0.0.0/8",      // loopback
	"169.254.0.0/16",   // link-local: clouds tell a machine's secrets at 169.254.169.254
	"172.16.0.0/12",    // private
	"192.0.0.0/24",     // protocol assignments; 192.0.0.192 is a cloud's metadata
	"192.88.99.0/24",   // relays to IPv6
	"192.168.0.0/16",   // private
	"198.18.0.0/15",    // benchmarks of networks
	"224.0.0.0/4",      // multicast
	"240.0.0.0/4",      // reserved, and broadcast
	"168.63.129.16/32", // a cloud's host agent, on a public address
}

const (
	// newConnections is how many a sandbox may begin in a second, newConnectionsAtOnce how many more at once: a page with
	// its pictures or a package manager begins some tens, who scans a network begins thousands.
	newConnections       = 25
	newConnectionsAtOnce = 200
	// questions is how many DNS packets a second, questionsAtOnce how many more at once.
	questions       = 50
	questionsAtOnce = 200
	// mail is the port between mail servers: providers cut off hosts that send mail of unknown origin.
	mail = 25
)

// rules are the gate's, as nft reads them. `own` are the addresses of the host, which change while it runs.
//
// No rule lets a connection through because it was allowed once: an address that is shut later is shut at once.
func rules(limits *Limits, own []string) string {
	return fmt.Sprintf(`
table inet gate {
	set shut { type ipv4_addr; flags interval; auto-merge; elements = { %s } }
	set own { type ipv4_addr; flags interval; auto-merge; elements = { %s } }
	chain refused {
		meta l4proto tcp reject with tcp reset
		reject with icmpx type admin-prohibited
	}
	chain forward {
		type filter hook forward priority filter; policy drop
		iifname "%[3]s" oifname "%[4]s" ct state established,related accept
		iifname != "%[4]s" drop
		oifname != "%[3]s" goto refused
		meta nfproto != ipv4 goto refused
		ip daddr %[5]s udp dport 53 limit rate %[6]d/second burst %[7]d packets accept
		ip daddr %[5]s udp dport 53 drop
		ip daddr != %[5]s ip daddr @shut goto refused
		ip daddr @own goto refused
		meta l4proto != tcp goto refused
		ip daddr %[5]s tcp dport != 53 goto refused
		tcp dport %[8]d goto refused
		ct state new ct count over %[9]d goto refused
		ct state new limit rate over %[10]d/second burst %[11]d packets goto refused
		ct state new,established accept
		goto refused
	}
	chain input {
		type filter hook input priority filter; policy drop
		iifname "%[4]s" ip daddr %[12]s icmp type echo-request accept
		goto refused
	}
	chain output {
		type filter hook output priority filter; policy drop
		oifname "%[4]s" accept
	}
	chain leave {
		type nat hook postrouting priority srcnat
		oifname "%[3]s" masquerade
	}
}
`, strings.Join(append(append([]string{}, shut...), limits.Shut...), ", "), strings.Join(own, ", "),
		outsideDevice, gateDevice, resolver, questions, questionsAtOnce, mail, limits.Connections,
		newConnections, newConnectionsAtOnce, gateAddress)
}

// renewed replaces the host's addresses in the rules, all at once.
func renewed(own []string) string {
	return fmt.Sprintf("flush set inet gate own\nadd element inet gate own { %s }\n", strings.Join(own, ", "))
}

// isRange tells what nft would take for a range, and nothing else: it is put into the rules as it is.
func isRange(text string) bool {
	_, network, err := net.ParseCIDR(text)
	return err == nil && network.IP.To4() != nil && !strings.Contains(text, ":")
}
