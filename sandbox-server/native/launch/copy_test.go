package launch

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

func TestNamesOfOneFileCountEach(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	file := filepath.Join(from, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for link := 0; link < 100; link++ {
		if err := os.Link(file, file+"-"+strconv.Itoa(link)); err != nil {
			t.Fatal(err)
		}
	}
	copied := newCopier(from, to, IDs{Base: 0, Size: 0x10000})
	copied.most = 100
	var refused *Failure
	err := copied.all()
	if !errors.As(err, &refused) || refused.Code != "layer-refused" {
		t.Errorf("%v", err)
	}
	if names, _ := os.ReadDir(to); len(names) > 0 {
		t.Errorf("%d of them were copied before that was known", len(names))
	}
}

func TestSeveralNamesOfAFileStayOne(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(from, "b"), []byte("text"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(filepath.Join(from, "b"), filepath.Join(from, "a")); err != nil {
		t.Fatal(err)
	}
	copied := newCopier(from, to, IDs{Base: 0, Size: 0x10000})
	if err := copied.all(); err != nil {
		t.Fatal(err)
	}
	a, errA := os.Stat(filepath.Join(to, "a"))
	b, errB := os.Stat(filepath.Join(to, "b"))
	if errA != nil || errB != nil || !os.SameFile(a, b) || a.Mode() != 0o640 || copied.inodes != 1 || copied.bytes != 4 {
		t.Errorf("%v, %v, %d files of %d bytes", errA, errB, copied.inodes, copied.bytes)
	}
}
