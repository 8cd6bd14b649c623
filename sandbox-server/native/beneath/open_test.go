package beneath

import (
	"os"
	"syscall"
	"testing"
)

func TestReadStaysOnItsOwnFileSystem(t *testing.T) {
	root, err := syscall.Open("/", syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(root)
	if text, err := Read(root, "proc/self/status", 64); err == nil {
		t.Errorf("across a mount: %q", text)
	}
	if text, err := Read(root, "../etc/passwd", 64); err == nil {
		t.Errorf("out of the directory: %q", text)
	}
}

func TestReadTakesNoLinkAndBoundsWhatItReads(t *testing.T) {
	folder := t.TempDir()
	root, err := syscall.Open(folder, syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(root)
	_ = os.WriteFile(folder+"/file", []byte("0123456789"), 0o644)
	_ = os.Symlink("file", folder+"/link")
	if text, err := Read(root, "file", 4); err != nil || string(text) != "0123" {
		t.Errorf("%q, %v", text, err)
	}
	if text, err := Read(root, "link", 4); err == nil {
		t.Errorf("through a link: %q", text)
	}
}
