package beneath

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
)

func TestNamesThatLeadOutAreRefused(t *testing.T) {
	for path, expected := range map[string][]string{
		"a": {"a"}, "./a/b": {"a", "b"}, "a/": {"a"}, ".": nil, "./": nil, "..a/b..": {"..a", "b.."},
	} {
		if names, ok := Names(path); !ok || len(names) != len(expected) || len(names) > 0 && !reflect.DeepEqual(names, expected) {
			t.Errorf("%q: %q, %v", path, names, ok)
		}
	}
	for _, path := range []string{
		"", "/", "/etc", "..", "../a", "a/..", "a/../b", "a/./b", "a//b", "a\x00b", strings.Repeat("n", 256),
		strings.Repeat("a/", MaxDepth+1),
	} {
		if names, ok := Names(path); ok {
			t.Errorf("%q leads to %q", path, names)
		}
	}
}

func TestADirectoryIsNeverReachedThroughALink(t *testing.T) {
	root, other := t.TempDir(), t.TempDir()
	if err := os.Symlink(other, filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}
	at, err := syscall.Open(root, syscall.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(at)
	for _, names := range [][]string{{"link"}, {"link", "below"}} {
		if _, err := Directory(at, names, 0o755); err == nil {
			t.Errorf("%q was opened", names)
		}
	}
	if entries, _ := os.ReadDir(other); len(entries) > 0 {
		t.Errorf("the link's target holds %v", entries)
	}
	fd, err := Directory(at, []string{"made", "below"}, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	syscall.Close(fd)
	if _, err := Directory(at, []string{"missing"}, 0); err != syscall.ENOENT {
		t.Errorf("a missing one: %v", err)
	}
}
