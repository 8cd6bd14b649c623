package child

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

type entry struct {
	name    string
	kind    byte
	mode    int64
	content string
	link    string
}

func archiveOf(t *testing.T, entries ...entry) io.Reader {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, e := range entries {
		if e.kind == 0 {
			e.kind = tar.TypeReg
		}
		if e.mode == 0 {
			e.mode = 0o644
		}
		header := tar.Header{Name: e.name, Typeflag: e.kind, Mode: e.mode, Size: int64(len(e.content)), Linkname: e.link}
		if err := w.WriteHeader(&header); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &out
}

func rootOf(t *testing.T) (string, int) {
	t.Helper()
	root := t.TempDir()
	fd, err := syscall.Open(root, syscall.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	return root, fd
}

func textOf(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAnArchiveIsLaidWithItsModesAndMissingDirectories(t *testing.T) {
	root, fd := rootOf(t)
	leftOut, _, err := unpackInto(fd, archiveOf(t,
		entry{name: "./web/", kind: tar.TypeDir, mode: 0o750},
		entry{name: "web/deep/page.html", content: "page"},
		entry{name: "run.sh", content: "#!/bin/sh\n", mode: 0o6755},
		entry{name: "link", kind: tar.TypeSymlink, link: "web/deep"},
	))
	if err != nil || leftOut != 0 {
		t.Fatal(leftOut, err)
	}
	if textOf(t, root, "web/deep/page.html") != "page" || textOf(t, root, "link/page.html") != "page" {
		t.Error("the page is another")
	}
	for name, mode := range map[string]os.FileMode{"web": 0o750 | os.ModeDir, "run.sh": 0o755, "web/deep/page.html": 0o644} {
		if info, _ := os.Stat(filepath.Join(root, name)); info.Mode() != mode {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
	if unfinished, _ := filepath.Glob(filepath.Join(root, "**/.slipway*")); len(unfinished) > 0 {
		t.Error(unfinished)
	}
}

func TestWhatExistsStaysAndIsNeverWrittenThrough(t *testing.T) {
	root, fd := rootOf(t)
	other := t.TempDir()
	for _, err := range []error{
		os.WriteFile(filepath.Join(root, "mine"), []byte("mine"), 0o644),
		os.WriteFile(filepath.Join(other, "target"), []byte("target"), 0o644),
		os.Symlink(filepath.Join(other, "target"), filepath.Join(root, "link")),
		os.Symlink(filepath.Join(other, "new"), filepath.Join(root, "dangling")),
		os.Symlink(other, filepath.Join(root, "folder")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	leftOut, _, err := unpackInto(fd, archiveOf(t,
		entry{name: "mine", content: "theirs"},
		entry{name: "mine/below", content: "theirs"},
		entry{name: "link", content: "theirs"},
		entry{name: "dangling", content: "theirs"},
		entry{name: "folder", kind: tar.TypeDir},
		entry{name: "folder/file", content: "theirs"},
		entry{name: "mine", kind: tar.TypeSymlink, link: "/etc"},
		entry{name: "new", content: "new"},
	))
	if err != nil || leftOut != 7 {
		t.Fatal(leftOut, err)
	}
	if textOf(t, root, "mine") != "mine" || textOf(t, other, "target") != "target" || textOf(t, root, "new") != "new" {
		t.Error("written over")
	}
	if entries, _ := os.ReadDir(other); len(entries) != 1 {
		t.Errorf("written through a link: %v", entries)
	}
	if entries, _ := os.ReadDir(root); len(entries) != 5 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestAnArchiveThatIsNoLessonsIsRefused(t *testing.T) {
	for _, each := range []entry{
		{name: "../out", content: "x"},
		{name: "a/../../out", content: "x"},
		{name: "/etc/out", content: "x"},
		{name: "..", kind: tar.TypeDir},
		{name: strings.Repeat("d/", 70) + "deep", content: "x"},
		{name: "hard", kind: tar.TypeLink, link: "/etc/passwd"},
		{name: "device", kind: tar.TypeChar},
		{name: "pipe", kind: tar.TypeFifo},
		{name: "nowhere", kind: tar.TypeSymlink},
	} {
		root, fd := rootOf(t)
		if _, _, err := unpackInto(fd, archiveOf(t, each, entry{name: "after", content: "x"})); !errors.Is(err, errNotOurs) {
			t.Errorf("%q: %v", each.name, err)
		}
		if entries, _ := os.ReadDir(root); len(entries) != 0 {
			t.Errorf("%q left %v", each.name, entries)
		}
	}
	_, fd := rootOf(t)
	for _, garbage := range []io.Reader{strings.NewReader(strings.Repeat("garbage", 1000)), hugeFile()} {
		if _, _, err := unpackInto(fd, garbage); !errors.Is(err, errNotOurs) {
			t.Errorf("garbage: %v", err)
		}
	}
}

// hugeFile is the beginning of an archive that claims a file larger than any lesson's.
func hugeFile() io.Reader {
	var out bytes.Buffer
	_ = tar.NewWriter(&out).WriteHeader(&tar.Header{Name: "huge", Typeflag: tar.TypeReg, Size: maxUnpacked + 1, Mode: 0o644})
	return &out
}

func TestAFileThatBreaksOffIsNotLeftByHalf(t *testing.T) {
	root, fd := rootOf(t)
	whole, _ := io.ReadAll(archiveOf(t, entry{name: "file", content: strings.Repeat("x", 4000)}))
	if _, _, err := unpackInto(fd, bytes.NewReader(whole[:2000])); err == nil {
		t.Error("half an archive was taken")
	}
	if entries, _ := os.ReadDir(root); len(entries) != 0 {
		t.Errorf("left %v", entries)
	}
}
