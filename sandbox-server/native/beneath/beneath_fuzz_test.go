package beneath

import (
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// treeWithTraps is a folder with links out of it in every form, beside one that nothing may reach.
func treeWithTraps(t testing.TB) (root string, fd int) {
	t.Helper()
	top := t.TempDir()
	root = filepath.Join(top, "root")
	for _, err := range []error{
		os.MkdirAll(filepath.Join(root, "a", "b"), 0o755),
		os.WriteFile(filepath.Join(root, "a", "b", "file"), []byte("own"), 0o644),
		os.Mkdir(filepath.Join(top, "outside"), 0o755),
		os.WriteFile(filepath.Join(top, "outside", "file"), []byte("secret"), 0o644),
		os.Symlink("/", filepath.Join(root, "slash")),
		os.Symlink("..", filepath.Join(root, "up")),
		os.Symlink("../../outside", filepath.Join(root, "a", "out")),
		os.Symlink(filepath.Join(top, "outside", "file"), filepath.Join(root, "link")),
		os.Symlink("/proc/self/root", filepath.Join(root, "magic")),
		syscall.Mkfifo(filepath.Join(root, "pipe"), 0o644),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	fd, err := syscall.Open(root, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	return root, fd
}

// whereIs tells what a descriptor is open on.
func whereIs(t *testing.T, fd int) string {
	t.Helper()
	target, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(fd))
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// No path leads out of the folder, by either way of opening one.
func FuzzPaths(f *testing.F) {
	for _, name := range []string{
		"a/b/file", "./a/b/", ".", "", "/", "..", "a/../..", "a//b", "up/outside/file", "a/out/file", "link", "magic/etc/passwd", "pipe", "slash",
		"/etc/passwd", "a/b/../../../outside/file", "a/b/file/..", "a\x00b", "./..", "../", strings.Repeat("a/", MaxDepth) + "b", strings.Repeat("x", 256),
	} {
		f.Add(name)
	}
	root, fd := treeWithTraps(f)
	f.Fuzz(func(t *testing.T, name string) {
		within := func(fd int) {
			if is := whereIs(t, fd); is != root && !strings.HasPrefix(is, root+"/") {
				t.Errorf("%q leads to %s", name, is)
			}
		}
		if names, ok := Names(name); ok {
			if len(names) > MaxDepth {
				t.Errorf("%d names", len(names))
			}
			for _, one := range names {
				if one == "" || one == "." || one == ".." || strings.ContainsAny(one, "/\x00") {
					t.Errorf("%q has a part %q", name, one)
				}
			}
			if joined := path.Clean(strings.Join(names, "/")); len(names) > 0 && joined != path.Clean(strings.TrimPrefix(name, "./")) {
				t.Errorf("%q became %q", name, joined)
			}
			if directory, err := Directory(fd, names, 0); err == nil {
				within(directory)
				syscall.Close(directory)
			}
		}
		if file, err := Open(fd, name, 0); err == nil {
			within(int(file.Fd()))
			file.Close()
		}
	})
}
