package picture

import (
	"os"
	"reflect"
	"strings"
	"syscall"
	"testing"
)

// in is a set of namespaces that differs from the sandbox's in those of the given kinds.
func in(own map[string]uint64) namespaces {
	var all namespaces
	for i, kind := range Kinds {
		all[i] = uint64(100 + i)
		if number, ok := own[kind]; ok {
			all[i] = number
		}
	}
	return all
}

func at(number, parent int, command string, own map[string]uint64) *process {
	return &process{Process: Process{Number: number, Inside: number, Parent: parent, Command: command}, in: in(own)}
}

func draw(all ...*process) Box {
	room := maxBoxes
	return boxes(all).drawn(&room, func(*process) *Container { return nil })
}

// shape writes a box as its commands, with the boxes in it in brackets.
func shape(box Box) string {
	var parts []string
	for _, one := range box.Processes {
		parts = append(parts, one.Command)
	}
	for _, inner := range box.Boxes {
		parts = append(parts, "["+shape(inner)+"]")
	}
	return strings.Join(parts, " ")
}

func TestBoxes(t *testing.T) {
	first := at(1, 0, "init", nil)
	for name, each := range map[string]struct {
		want string
		all  []*process
	}{
		"all are in the sandbox's own": {"init bash", []*process{first, at(8, 1, "bash", nil)}},
		"who left more stands in the box of who left less": {"init [unshare [bash]]", []*process{
			first, at(9, 1, "unshare", map[string]uint64{"mnt": 7}), at(10, 9, "bash", map[string]uint64{"mnt": 7, "pid": 8}),
		}},
		"who left others stands beside": {"init [a] [b]", []*process{
			first, at(9, 1, "a", map[string]uint64{"net": 7}), at(10, 1, "b", map[string]uint64{"net": 8, "pid": 9}),
		}},
		"who joined is in the same box": {"init [a b]", []*process{
			first, at(9, 1, "a", map[string]uint64{"net": 7}), at(10, 1, "b", map[string]uint64{"net": 7}),
		}},
		"a process that has ended is where its parent is": {"init [a gone]", []*process{
			first, at(9, 1, "a", map[string]uint64{"net": 7}),
			{Process: Process{Number: 10, Parent: 9, Command: "gone", Ended: true}},
		}},
		"one whose namespaces nobody may read, too": {"init [a hidden]", []*process{
			first, at(9, 1, "a", map[string]uint64{"net": 7}),
			{Process: Process{Number: 10, Parent: 9, Command: "hidden", Unknown: true}},
		}},
	} {
		if got := shape(draw(each.all...)); got != each.want {
			t.Errorf("%s: %q, not %q", name, got, each.want)
		}
	}
}

func TestABoxHasWhatIsOtherThanAroundIt(t *testing.T) {
	box := draw(at(1, 0, "init", nil), at(9, 1, "a", map[string]uint64{"mnt": 7}),
		at(10, 9, "b", map[string]uint64{"mnt": 7, "pid": 8}))
	if len(box.Own) != len(Kinds) || box.Own["pid"] != 100 {
		t.Errorf("the outermost has %v", box.Own)
	}
	if own := box.Boxes[0].Own; !reflect.DeepEqual(own, map[string]uint64{"mnt": 7}) {
		t.Errorf("the box has %v", own)
	}
	if own := box.Boxes[0].Boxes[0].Own; !reflect.DeepEqual(own, map[string]uint64{"pid": 8}) {
		t.Errorf("the box in it has %v", own)
	}
}

func TestEverythingIsBounded(t *testing.T) {
	all := []*process{at(1, 0, "init", nil)}
	for n := 2; n < 300; n++ {
		all = append(all, at(n, 1, "many", nil))
		all = append(all, at(1000+n, 1, "box", map[string]uint64{"net": uint64(10000 + n)}))
	}
	box := draw(all...)
	if len(box.Processes) != maxOutermost || box.More != 299-maxOutermost {
		t.Errorf("%d processes and %d more", len(box.Processes), box.More)
	}
	if len(box.Boxes) != maxBoxes || box.MoreBoxes != 298-maxBoxes {
		t.Errorf("%d boxes and %d more", len(box.Boxes), box.MoreBoxes)
	}
	// Each leaves one kind more than the one before.
	deep := []*process{at(1, 0, "init", nil)}
	own := map[string]uint64{}
	for i, kind := range Kinds {
		own[kind] = uint64(500 + i)
		deep = append(deep, at(10+i, 1, "d", own))
	}
	if got := shape(draw(deep...)); strings.Count(got, "[[") > 0 || strings.Contains(got, strings.Repeat("[d ", maxDepth+1)) {
		t.Errorf("boxes are nested as deep as %s", got)
	}
}

func TestStatus(t *testing.T) {
	text := "Name:\ta\\nb\\\\c\x1b<\nState:\tZ (zombie)\nPPid:\t7\nUid:\t1000\t0\t0\t0\nNSpid:\t33\t4\t1\nbroken\n\n"
	got := parseStatus(33, []byte(text))
	want := Process{Number: 33, Inside: 1, Parent: 7, Command: "a\uFFFDb\\c\uFFFD<", Ended: true}
	if got.Process != want || got.uid != 0 {
		t.Errorf("%+v of user %d", got.Process, got.uid)
	}
	if got := parseStatus(5, nil); got.Number != 5 || got.Inside != 5 {
		t.Errorf("of nothing: %+v", got)
	}
}

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"bash":                 "bash",
		"\x1b[31m\n":           "\uFFFD[31m\uFFFD",
		"\xff\xfe":             "\uFFFD\uFFFD",
		"a\u202Eb\u2028\u200F": "a\uFFFDb\uFFFD\uFFFD",
		"größe 漢":              "größe 漢",
		strings.Repeat("ä", 9): "ääää",
	} {
		most := 64
		if strings.HasPrefix(text, "ää") {
			most = 9
		}
		if got := printable(text, most); got != want {
			t.Errorf("%q became %q, not %q", text, got, want)
		}
	}
}

func TestContainers(t *testing.T) {
	proc, engine := t.TempDir(), t.TempDir()
	id := strings.Repeat("0123456789abcdef", 4)
	folder := engine + "/containers/" + id
	config := folder + "/config.v2.json"
	cgroup := func(text string) {
		_ = os.MkdirAll(proc+"/7", 0o755)
		if err := os.WriteFile(proc+"/7/cgroup", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_ = os.MkdirAll(folder, 0o755)
	ask := func() *Container {
		c := containers{folder: open(t, engine), known: map[string]*Container{}}
		return c.of(open(t, proc), 7)
	}
	cgroup("4:memory:/docker/" + id + "\n3:pids:/docker/" + id + "\n")
	if got := ask(); got != nil {
		t.Errorf("without a description: %v", got)
	}
	_ = os.WriteFile(config, []byte(`{"Name":"/we\u001bb","Config":{"Image":"box"}}`), 0o644)
	if got := ask(); got == nil || *got != (Container{Name: "we\uFFFDb", Image: "box"}) {
		t.Errorf("version 1: %v", got)
	}
	cgroup("0::/docker/" + id + "\n")
	if got := ask(); got == nil {
		t.Error("version 2: nothing")
	}
	cgroup("0::/session\n")
	if got := ask(); got != nil {
		t.Errorf("a process of no container: %v", got)
	}
	cgroup("0::/docker/../../" + id + "\n")
	if got := ask(); got != nil {
		t.Errorf("a path that leads elsewhere: %v", got)
	}
	cgroup("0::/docker/" + id + "\n")
	// What root in a sandbox may put in its place.
	secret := t.TempDir() + "/secret"
	_ = os.WriteFile(secret, []byte(`{"Name":"/secret"}`), 0o644)
	_ = os.Remove(config)
	_ = os.Symlink(secret, config)
	if got := ask(); got != nil {
		t.Errorf("through a link: %v", got)
	}
	_ = os.Remove(config)
	_ = syscall.Mkfifo(config, 0o644)
	if got := ask(); got != nil {
		t.Errorf("from a pipe: %v", got)
	}
}

func open(t *testing.T, path string) int {
	t.Helper()
	return openFolder(t, path)
}

func openFolder(t testing.TB, path string) int {
	t.Helper()
	fd, err := syscall.Open(path, syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	return fd
}
