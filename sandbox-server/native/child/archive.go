package child

import (
	"archive/tar"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// archive writes the directory as a tar stream, with the learner's own rights: what the learner may not read is left
// out, and a link is stored as a link, never followed. Exit status 1 says that something was left out.
func archive(spec Spec) {
	dropTo(spec)
	out := tar.NewWriter(os.Stdout)
	leftOut := 0
	walk := func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			leftOut++
			return nil
		}
		if writeErr := archiveEntry(out, spec.Archive, path, entry); writeErr != nil {
			if writeErr == errLeftOut {
				leftOut++
				return nil
			}
			return writeErr // the reader is gone
		}
		return nil
	}
	if err := filepath.WalkDir(spec.Archive, walk); err != nil {
		fail(3, "slipway: archive: %v", err)
	}
	if err := out.Close(); err != nil {
		fail(3, "slipway: archive: %v", err)
	}
	if leftOut > 0 {
		os.Exit(1)
	}
	os.Exit(0)
}

var errLeftOut = &os.PathError{Op: "archive", Path: "", Err: os.ErrPermission}

func archiveEntry(out *tar.Writer, root, path string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		return errLeftOut
	}
	if info.Mode()&(os.ModeSocket|os.ModeNamedPipe|os.ModeDevice) != 0 {
		return errLeftOut
	}
	target := ""
	if info.Mode()&os.ModeSymlink != 0 {
		if target, err = os.Readlink(path); err != nil {
			return errLeftOut
		}
	}
	header, err := tar.FileInfoHeader(info, target)
	if err != nil {
		return errLeftOut
	}
	relative, err := filepath.Rel(root, path)
	if err != nil {
		return errLeftOut
	}
	header.Name = filepath.Join(filepath.Base(root), relative)
	if info.IsDir() {
		header.Name += "/"
	}
	if !info.Mode().IsRegular() {
		return out.WriteHeader(header)
	}
	// NONBLOCK and NOFOLLOW: the path may have become a pipe or a link since it was listed.
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return errLeftOut
	}
	defer file.Close()
	if err := out.WriteHeader(header); err != nil {
		return err
	}
	written, err := io.Copy(out, io.LimitReader(file, header.Size))
	if err != nil && written == 0 {
		return err
	}
	// The file shrank meanwhile: tar needs the size that its header told.
	_, err = io.CopyN(out, zeroes{}, header.Size-written)
	return err
}

type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 0
	}
	return len(p), nil
}
