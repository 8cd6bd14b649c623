package network

import (
	"fmt"
	"net"
	"sort"
	"syscall"
	"unsafe"
)

// ownAddresses are the IPv4 ranges that are the host's own or not another's: what its routes, of every table, deliver to
// itself or to all. Never empty: loopback is among them.
func ownAddresses() ([]string, error) {
	table, err := syscall.NetlinkRIB(syscall.RTM_GETROUTE, syscall.AF_INET)
	if err != nil {
		return nil, fmt.Errorf("the host's routes: %w", err)
	}
	messages, err := syscall.ParseNetlinkMessage(table)
	if err != nil {
		return nil, fmt.Errorf("the host's routes: %w", err)
	}
	found := map[string]bool{"127.0.0.0/8": true}
	for _, message := range messages {
		if message.Header.Type != syscall.RTM_NEWROUTE || len(message.Data) < syscall.SizeofRtMsg {
			continue
		}
		route := (*syscall.RtMsg)(unsafe.Pointer(&message.Data[0]))
		switch route.Type {
		case syscall.RTN_LOCAL, syscall.RTN_BROADCAST, syscall.RTN_ANYCAST, syscall.RTN_MULTICAST:
		default:
			continue
		}
		attributes, err := syscall.ParseNetlinkRouteAttr(&message)
		if err != nil {
			return nil, fmt.Errorf("the host's routes: %w", err)
		}
		for _, attribute := range attributes {
			if attribute.Attr.Type == syscall.RTA_DST && len(attribute.Value) == net.IPv4len {
				found[fmt.Sprintf("%s/%d", net.IP(attribute.Value), route.Dst_len)] = true
			}
		}
	}
	list := make([]string, 0, len(found))
	for each := range found {
		list = append(list, each)
	}
	sort.Strings(list)
	return list, nil
}

// watchAddresses tells each change of the host's addresses and routes.
func watchAddresses(changed chan<- struct{}) error {
	const groups = 1<<(rtnlgrpIPv4Address-1) | 1<<(rtnlgrpIPv4Route-1)
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, syscall.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	if err := syscall.Bind(fd, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK, Groups: groups}); err != nil {
		return err
	}
	go func() {
		buffer := make([]byte, 64<<10)
		for {
			// What it says is of no account, nor an error: that more was lost than fits is a change too.
			_, _, err := syscall.Recvfrom(fd, buffer, 0)
			if err == syscall.EINTR {
				continue
			}
			select {
			case changed <- struct{}{}:
			default: // one that is not looked at yet tells the same
			}
		}
	}()
	return nil
}

// Groups of linux/rtnetlink.h.
const (
	rtnlgrpIPv4Address = 5
	rtnlgrpIPv4Route   = 7
)
