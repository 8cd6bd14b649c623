package child

import (
	"archive/tar"
	"bytes"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// mostWritten keeps an archive that claims much from filling the disk of whoever tests, in bytes.
const mostWritten = 1 << 20

// Whatever comes as an archive: nothing outside changes, nothing gets rights, and nothing is left by half.
func FuzzUnpack(f *testing.F) {
	add := func(entries ...tar.Header) {
		var out bytes.Buffer
		w := tar.NewWriter(&out)
		for i := range entries {
			if entries[i].Typeflag == tar.TypeReg {
				entries[i].Size = 2
			}
			if err := w.WriteHeader(&entries[i]); err != nil {
				f.Fatal(err)
			}
			if entries[i].Size > 0 {
				_, _ = w.Write([]byte("x\n"))
			}
		}
		_ = w.Close()
		f.Add(out.Bytes())
		f.Add(out.Bytes()[:out.Len()/2])
	}
	const file, link, directory = tar.TypeReg, tar.TypeSymlink, tar.TypeDir
	add(tar.Header{Name: "web/", Typeflag: directory, Mode: 0o755}, tar.Header{Name: "web/page", Typeflag: file, Mode: 0o6755})
	add(tar.Header{Name: "../outside/new", Typeflag: file}, tar.Header{Name: "/tmp/new", Typeflag: file})
	add(tar.Header{Name: "out/new", Typeflag: file}, tar.Header{Name: "out", Typeflag: directory})
	add(tar.Header{Name: "l", Typeflag: link, Linkname: "../outside"}, tar.Header{Name: "l/new", Typeflag: file})
	add(tar.Header{Name: "h", Typeflag: tar.TypeLink, Linkname: "../outside/canary"}, tar.Header{Name: "n", Typeflag: tar.TypeChar})
	add(tar.Header{Name: strings.Repeat("long/", 60) + "name", Typeflag: file, Format: tar.FormatPAX})
	add(tar.Header{Name: "pax", Typeflag: file, PAXRecords: map[string]string{"SCHILY.xattr.security.capability": "x", "path": "q"}, Format: tar.FormatPAX})
	// Fewer bytes than a file claims end with an error, as on a full disk, and not with a signal.
	signal.Ignore(syscall.SIGXFSZ)
	f.Fuzz(func(t *testing.T, archive []byte) {
		_ = syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: mostWritten, Max: ^uint64(0)})
		top := t.TempDir()
		root, outside := filepath.Join(top, "root"), filepath.Join(top, "outside")
		for _, err := range []error{
			os.Mkdir(root, 0o755), os.Mkdir(outside, 0o755), os.WriteFile(filepath.Join(outside, "canary"), []byte("sings"), 0o600),
			os.Symlink("../outside", filepath.Join(root, "out")),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		fd, err := syscall.Open(root, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer syscall.Close(fd)
		_, _, _ = unpackInto(fd, bytes.NewReader(archive))
		lookAround(t, top, root, outside)
	})
}

func lookAround(t *testing.T, top, root, outside string) {
	t.Helper()
	_ = filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		known := path == top || path == root || path == outside || path == filepath.Join(outside, "canary")
		if !known && !strings.HasPrefix(path, root+"/") {
			t.Errorf("%s was made outside", path)
		}
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		if kind := info.Mode().Type(); kind&^(fs.ModeDir|fs.ModeSymlink) != 0 {
			t.Errorf("%s is %v", path, info.Mode())
		}
		if info.Mode()&(fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky) != 0 && info.Mode().Type() == 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		if entry.Name() == ".slipway-"+strconv.Itoa(os.Getpid()) {
			t.Errorf("%s was left", path)
		}
		return nil
	})
	if text, err := os.ReadFile(filepath.Join(outside, "canary")); err != nil || string(text) != "sings" {
		t.Errorf("the canary: %q, %v", text, err)
	}
	if target, err := os.Readlink(filepath.Join(root, "out")); err != nil || target != "../outside" {
		t.Errorf("the link that was there: %q, %v", target, err)
	}
}
