package pid1

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// user is who a program runs as.
type user struct {
	name   string
	uid    int
	gid    int
	groups []int
	home   string
	shell  string
}

// learnerID is the learner's user id in every image.
const learnerID = 1000

// searchPath is the pinned PATH of everything that init starts.
const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

var rootUser = user{name: "root", home: "/root", shell: "/bin/sh"}

// lookUpLearner reads the image's own /etc/passwd and /etc/group. An image without them still has a learner.
func lookUpLearner() user {
	learner := user{name: "learner", uid: learnerID, gid: learnerID, home: "/", shell: "/bin/sh"}
	eachLine("/etc/passwd", 7, func(field []string) {
		if uid, err := strconv.Atoi(field[2]); err != nil || uid != learnerID {
			return
		}
		gid, err := strconv.Atoi(field[3])
		if err != nil {
			return
		}
		learner = user{name: field[0], uid: learnerID, gid: gid, home: field[5], shell: field[6]}
	})
	eachLine("/etc/group", 4, func(field []string) {
		gid, err := strconv.Atoi(field[2])
		if err != nil || gid == learner.gid || len(learner.groups) >= 32 {
			return
		}
		for _, member := range strings.Split(field[3], ",") {
			if member == learner.name {
				learner.groups = append(learner.groups, gid)
			}
		}
	})
	if learner.shell == "" {
		learner.shell = "/bin/sh"
	}
	return learner
}

// openRegular opens a file to read. Root in the sandbox may have put a pipe in its place, which would never open.
func openRegular(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		file.Close()
		return nil, os.ErrInvalid
	}
	return file, nil
}

// maxAccountLines bounds what is read of a file that root in the sandbox may have written.
const maxAccountLines = 4096

func eachLine(path string, fields int, use func([]string)) {
	file, err := openRegular(path)
	if err != nil {
		return
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for n := 0; n < maxAccountLines && lines.Scan(); n++ {
		if field := strings.Split(lines.Text(), ":"); len(field) == fields {
			use(field)
		}
	}
}

// environment is the clean environment of a program of this user's.
func (u user) environment(extra ...string) []string {
	return append([]string{
		"HOME=" + u.home, "USER=" + u.name, "LOGNAME=" + u.name, "SHELL=" + u.shell,
		"PATH=" + searchPath, "LANG=C.UTF-8",
	}, extra...)
}
