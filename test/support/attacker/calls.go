package main

import (
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

// missing marks a system call that this architecture does not have.
const missing = -1

// Numbers that are the same on every architecture.
const (
	numberPidfdGetfd    = 438
	numberIoUringSetup  = 425
	numberIoUringEnter  = 426
	numberIoUringReg    = 427
	numberOpenTree      = 428
	numberMoveMount     = 429
	numberFsopen        = 430
	numberFsconfig      = 431
	numberFsmount       = 432
	numberFspick        = 433
	numberClone3        = 435
	numberProcessAdvise = 440
	numberMountSetattr  = 442
	numberQuotactlFd    = 443
	numberStatmount     = 457
	numberListmount     = 458
)

const (
	newNamespaces = syscall.CLONE_NEWUSER
	noFile        = ^uintptr(0)
	rawIPv4       = 3
	rawPacket     = 3
	familyAlg     = 38
	familyVsock   = 40
	familyPacket  = 17
	noRandomize   = 0x0040000
)

type call struct {
	number     int
	a, b, c, d uintptr
}

// systemCalls asks for each thing that must be refused, and tells the kernel's answer by name.
func systemCalls(int) any {
	text, _ := syscall.BytePtrFromString("/tmp")
	path := uintptr(unsafe.Pointer(text))
	calls := map[string]call{
		"mount":             {syscall.SYS_MOUNT, path, path, path, 0},
		"umount2":           {syscall.SYS_UMOUNT2, path, 0, 0, 0},
		"pivot_root":        {syscall.SYS_PIVOT_ROOT, path, path, 0, 0},
		"unshare user":      {syscall.SYS_UNSHARE, newNamespaces, 0, 0, 0},
		"unshare mount":     {syscall.SYS_UNSHARE, syscall.CLONE_NEWNS, 0, 0, 0},
		"unshare net":       {syscall.SYS_UNSHARE, syscall.CLONE_NEWNET, 0, 0, 0},
		"clone3":            {numberClone3, 0, 0, 0, 0},
		"setns":             {numberSetns, noFile, 0, 0, 0},
		"add_key":           {syscall.SYS_ADD_KEY, 0, 0, 0, 0},
		"request_key":       {syscall.SYS_REQUEST_KEY, 0, 0, 0, 0},
		"keyctl":            {syscall.SYS_KEYCTL, 0, 0, 0, 0},
		"bpf":               {numberBpf, 0, 0, 0, 0},
		"perf_event_open":   {syscall.SYS_PERF_EVENT_OPEN, 0, 0, 0, 0},
		"userfaultfd":       {numberUserfaultfd, 0, 0, 0, 0},
		"open_by_handle_at": {numberOpenByHandleAt, 0, 0, 0, 0},
		"io_uring_setup":    {numberIoUringSetup, 1, 0, 0, 0},
		"io_uring_enter":    {numberIoUringEnter, noFile, 0, 0, 0},
		"io_uring_register": {numberIoUringReg, noFile, 0, 0, 0},
		"init_module":       {syscall.SYS_INIT_MODULE, 0, 0, 0, 0},
		"finit_module":      {numberFinitModule, noFile, 0, 0, 0},
		"delete_module":     {syscall.SYS_DELETE_MODULE, 0, 0, 0, 0},
		"kexec_load":        {syscall.SYS_KEXEC_LOAD, 0, 0, 0, 0},
		"kexec_file_load":   {numberKexecFileLoad, noFile, noFile, 0, 0},
		"reboot":            {syscall.SYS_REBOOT, 0, 0, 0, 0},
		"swapon":            {syscall.SYS_SWAPON, 0, 0, 0, 0},
		"swapoff":           {syscall.SYS_SWAPOFF, 0, 0, 0, 0},
		"syslog":            {syscall.SYS_SYSLOG, 10, 0, 0, 0},
		"acct":              {syscall.SYS_ACCT, path, 0, 0, 0},
		"settimeofday":      {syscall.SYS_SETTIMEOFDAY, 0, 0, 0, 0},
		"clock_settime":     {syscall.SYS_CLOCK_SETTIME, 0, 0, 0, 0},
		"clock_adjtime":     {numberClockAdjtime, 0, 0, 0, 0},
		"quotactl":          {syscall.SYS_QUOTACTL, 0, 0, 0, 0},
		"quotactl_fd":       {numberQuotactlFd, noFile, 0, 0, 0},
		"fanotify_init":     {syscall.SYS_FANOTIFY_INIT, 0, 0, 0, 0},
		"lookup_dcookie":    {syscall.SYS_LOOKUP_DCOOKIE, 0, 0, 0, 0},
		"sethostname":       {syscall.SYS_SETHOSTNAME, path, 4, 0, 0},
		"setdomainname":     {syscall.SYS_SETDOMAINNAME, path, 4, 0, 0},
		"vhangup":           {syscall.SYS_VHANGUP, 0, 0, 0, 0},
		"personality":       {syscall.SYS_PERSONALITY, noRandomize, 0, 0, 0},
		"mbind":             {syscall.SYS_MBIND, 0, 0, 0, 0},
		"move_pages":        {syscall.SYS_MOVE_PAGES, 0, 0, 0, 0},
		"migrate_pages":     {syscall.SYS_MIGRATE_PAGES, 0, 0, 0, 0},
		"fsopen":            {numberFsopen, 0, 0, 0, 0},
		"fsconfig":          {numberFsconfig, noFile, 0, 0, 0},
		"fsmount":           {numberFsmount, noFile, 0, 0, 0},
		"fspick":            {numberFspick, noFile, path, 0, 0},
		"open_tree":         {numberOpenTree, noFile, path, 1, 0},
		"move_mount":        {numberMoveMount, noFile, path, noFile, path},
		"mount_setattr":     {numberMountSetattr, noFile, path, 0, 0},
		"statmount":         {numberStatmount, 0, 0, 0, 0},
		"listmount":         {numberListmount, 0, 0, 0, 0},
		"pidfd_getfd":       {numberPidfdGetfd, noFile, 0, 0, 0},
		"process_madvise":   {numberProcessAdvise, noFile, 0, 0, 0},
		"iopl":              {numberIopl, 3, 0, 0, 0},
		"ioperm":            {numberIoperm, 0, 1, 1, 0},
		"raw socket":        {syscall.SYS_SOCKET, syscall.AF_INET, rawIPv4, syscall.IPPROTO_ICMP, 0},
		"packet socket":     {syscall.SYS_SOCKET, familyPacket, rawPacket, 0, 0},
		"vsock":             {syscall.SYS_SOCKET, familyVsock, syscall.SOCK_STREAM, 0, 0},
		"alg socket":        {syscall.SYS_SOCKET, familyAlg, syscall.SOCK_SEQPACKET, 0, 0},
	}
	answers := map[string]string{}
	// Namespaces belong to threads.
	runtime.LockOSThread()
	for name, call := range calls {
		if call.number == missing {
			continue
		}
		_, _, errno := syscall.Syscall6(uintptr(call.number), call.a, call.b, call.c, call.d, 0, 0)
		answers[name] = nameOf(errno)
	}
	answers["clone user"] = cloneUser()
	answers["mknod"] = nameOf(asErrno(syscall.Mknod("/tmp/made", syscall.S_IFBLK|0o600, 7<<8)))
	// Last: what follows it sees another root directory.
	answers["chroot"] = nameOf(asErrno(syscall.Chroot("/tmp")))
	return answers
}

// cloneUser asks for a child in a user namespace of its own. The child, where there is one, ends at once.
func cloneUser() string {
	flags := uintptr(syscall.CLONE_NEWUSER | syscall.SIGCHLD)
	pid, _, errno := syscall.RawSyscall6(syscall.SYS_CLONE, flags, 0, 0, 0, 0, 0)
	if errno == 0 && pid == 0 {
		for {
			syscall.RawSyscall(syscall.SYS_EXIT_GROUP, 0, 0, 0)
		}
	}
	return nameOf(errno)
}

func asErrno(err error) syscall.Errno {
	errno, _ := err.(syscall.Errno)
	return errno
}

func nameOf(errno syscall.Errno) string {
	switch errno {
	case 0:
		return "allowed"
	case syscall.EPERM:
		return "EPERM"
	case syscall.ENOSYS:
		return "ENOSYS"
	default:
		return errno.Error()
	}
}

// descriptors tells what each descriptor that this process has from its parent is, and where it works.
func descriptors(int) any {
	found := map[string]string{}
	for fd := 0; fd < 1024; fd++ {
		link, err := os.Readlink("/proc/self/fd/" + itoa(fd))
		if err == nil && link != "anon_inode:[eventpoll]" {
			found[itoa(fd)] = link
		}
	}
	dir, _ := os.Getwd()
	return map[string]any{"files": found, "directory": dir}
}
