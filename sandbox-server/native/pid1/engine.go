package pid1

import (
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	engineSocket = "/run/docker.sock"
	engineLog    = "/var/log/docker.log"
	engineData   = "/var/lib/docker"
	// engineGroup is the group whose members may use the engine without becoming root.
	engineGroup = "docker"
	// engineProxy is where the engine asks for everything that is not in the sandbox: init forwards it to the server.
	engineProxy = "http://127.0.0.1:3128"
	// engineFailsWithin is how soon after its start an engine that ends has not started at all.
	engineFailsWithin = 15 * time.Second
	// engineBacklog is how many may wait for the engine while it starts.
	engineBacklog = 128
	// engineRestsIn is how long an engine that is told to end may take to, before it is killed.
	engineRestsIn = 20 * time.Second
	// looksWhileIdle is how often it is looked, in the time after which an engine rests, whether somebody uses it.
	looksWhileIdle = 5
)

// engine is the sandbox's Docker Engine. Its socket is there from the beginning; the program starts when somebody connects,
// takes the socket over by the LISTEN_FDS convention, and ends after a time in which nobody used it.
type engine struct {
	box    *sandbox
	socket *os.File
	// fd is the socket's: os.File.Fd would take it from Go's poller, which waits for connections.
	fd   int
	path string
	// idle is how long an engine that nobody uses goes on. 0: for ever.
	idle time.Duration
	// since is when it was started, in milliseconds since 1970; 0 while it does not run.
	since atomic.Int64
}

// serveEngine makes the engine's socket and serves it. It returns at once where the image has no engine.
func (b *sandbox) serveEngine(idle time.Duration) error {
	program := find("dockerd")
	if program == "" {
		return nil
	}
	socket, fd, err := listenFor(engineSocket, lookUpGroup(engineGroup))
	if err != nil {
		return err
	}
	e := &engine{box: b, socket: socket, fd: fd, path: program, idle: idle}
	b.pictures.setEngine(e)
	go func() {
		for e.wanted() {
			e.run()
		}
	}()
	return nil
}

// listenFor makes a Unix socket that root and the group may connect to. It does not block, so that one can wait for it.
func listenFor(path string, gid int) (*os.File, int, error) {
	_ = os.Remove(path)
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, 0, os.NewSyscallError("socket", err)
	}
	socket := os.NewFile(uintptr(fd), path)
	for _, step := range []func() error{
		func() error { return syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}) },
		func() error { return os.Chown(path, 0, gid) },
		func() error { return os.Chmod(path, 0o660) },
		func() error { return syscall.Listen(fd, engineBacklog) },
	} {
		if err := step(); err != nil {
			socket.Close()
			return nil, 0, err
		}
	}
	return socket, fd, nil
}

// wanted waits until somebody connects, and leaves the connection to the engine. False: the socket is gone.
func (e *engine) wanted() bool {
	raw, err := e.socket.SyscallConn()
	if err != nil {
		return false
	}
	looked := false
	return raw.Read(func(fd uintptr) bool {
		if looked {
			return true
		}
		looked = true
		return readable(int(fd))
	}) == nil
}

// readable asks without waiting.
func readable(fd int) bool {
	epoll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return true
	}
	defer syscall.Close(epoll)
	event := syscall.EpollEvent{Events: syscall.EPOLLIN}
	if syscall.EpollCtl(epoll, syscall.EPOLL_CTL_ADD, fd, &event) != nil {
		return true
	}
	n, _ := syscall.EpollWait(epoll, make([]syscall.EpollEvent, 1), 0)
	return n != 0
}

// run starts the engine and waits for its end.
func (e *engine) run() {
	began := time.Now()
	pid, end, err := e.start()
	if err != nil {
		e.refuse(err.Error())
		return
	}
	e.since.Store(began.UnixMilli())
	e.box.pictures.look()
	done := make(chan struct{})
	go e.rest(pid, done)
	how := <-end
	e.since.Store(0)
	e.box.pictures.look()
	close(done)
	if (how.signal != 0 || how.status != 0) && time.Since(began) < engineFailsWithin {
		e.refuse(lastLine(engineLog))
	}
}

func (e *engine) start() (int, <-chan ended, error) {
	// What an engine that was killed left: a number that meanwhile is another process's would keep this one from starting.
	for _, stale := range []string{"/run/docker.pid", "/run/docker/containerd/containerd.pid"} {
		_ = os.Remove(stale)
	}
	log, err := os.OpenFile(engineLog, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o644)
	if err != nil {
		return 0, nil, err
	}
	defer log.Close()
	null, err := os.Open("/dev/null")
	if err != nil {
		return 0, nil, err
	}
	defer null.Close()
	argv := []string{e.path, "--host", "fd://", "--log-level", "warn"}
	env := rootUser.environment(engineProxies()...)
	spec := specFor(rootUser, argv, env)
	spec.Dir = "/"
	spec.Socket = true
	// The engine is no heavier than what it keeps running, and all of that would end with it.
	spec.OutOfMemoryScore = 0
	return e.box.spawn(spec, [3]uintptr{null.Fd(), log.Fd(), log.Fd()}, &syscall.SysProcAttr{Setsid: true}, uintptr(e.fd))
}

// engineProxies are what the engine asks by. Where there is internet it asks the class registry, which speaks HTTP, and
// others by itself.
func engineProxies() []string {
	proxies := []string{"HTTP_PROXY=" + engineProxy, "NO_PROXY=localhost,127.0.0.1"}
	if !reachesInternet() {
		proxies = append(proxies, "HTTPS_PROXY="+engineProxy)
	}
	return proxies
}

// rest ends the engine after `idle` in which nobody used it.
func (e *engine) rest(pid int, done <-chan struct{}) {
	if e.idle <= 0 {
		return
	}
	look := time.NewTicker(e.idle / looksWhileIdle)
	defer look.Stop()
	for used := time.Now(); time.Since(used) < e.idle; {
		select {
		case <-done:
			return
		case <-look.C:
		}
		if engineInUse() {
			used = time.Now()
		}
	}
	_ = syscall.Kill(pid, syscall.SIGTERM)
	select {
	case <-done:
	case <-time.After(engineRestsIn):
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// refuse answers whoever waits for an engine that did not start, in the engine's own way.
func (e *engine) refuse(why string) {
	answer := engineRefusal(why)
	for {
		fd, _, err := syscall.Accept4(e.fd, syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK)
		if err == syscall.EINTR || err == syscall.ECONNABORTED {
			continue
		}
		if err != nil {
			return // nobody waits any more
		}
		_, _ = syscall.Write(fd, answer) // a new socket's buffer holds it
		// A socket that is closed over unread input takes its answer with it.
		time.AfterFunc(lingerFor, func() { syscall.Close(fd) })
	}
}

// lookUpGroup returns the id of a group of the image's, or root's.
func lookUpGroup(name string) int {
	found := 0
	eachLine("/etc/group", 4, func(field []string) {
		if gid, err := strconv.Atoi(field[2]); err == nil && field[0] == name {
			found = gid
		}
	})
	return found
}
