package launch

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// finding is one answer of the probe: whether it worked, and the kernel's words where it did not.
type finding struct {
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
}

// ProbeMain tries what a sandbox needs of the kernel, each for real, and prints {name: finding} as JSON:
// `probe DIRECTORY`, where the directory lies on the file system that is to hold the images.
func ProbeMain(arguments []string) {
	runtime.LockOSThread()
	found := map[string]finding{}
	try := func(name string, err error) bool {
		if err != nil {
			found[name] = finding{Error: err.Error()}
			return false
		}
		found[name] = finding{OK: true}
		return true
	}
	dir := os.TempDir()
	if len(arguments) > 0 {
		dir = arguments[0]
	}
	if try("mountNamespace", privateMounts(false)) {
		probeMounts(dir, found, try)
	}
	_ = json.NewEncoder(os.Stdout).Encode(found)
}

func probeMounts(dir string, found map[string]finding, try func(string, error) bool) {
	scratch, err := os.MkdirTemp(dir, ".slipway-probe-")
	if !try("directory", err) {
		return
	}
	defer os.RemoveAll(scratch)
	for _, name := range []string{"lower", "mapped", "upper", "work", "root"} {
		if !try("directory", os.Mkdir(filepath.Join(scratch, name), 0o755)) {
			return
		}
	}
	const base, size = 1_879_048_192, 65_536
	userns, err := userNamespace(base, size)
	if !try("userNamespace", err) {
		return
	}
	defer userns.Close()
	if !try("idmappedMount", mountMapped(scratch+"/lower", scratch+"/mapped", userns)) {
		return
	}
	defer syscall.Unmount(scratch+"/mapped", syscall.MNT_DETACH)
	options := "lowerdir=" + scratch + "/mapped,upperdir=" + scratch + "/upper,workdir=" + scratch + "/work"
	if try("overlayOnIdmapped", syscall.Mount("probe", scratch+"/root", "overlay", 0, options)) {
		try("overlayWritable", os.WriteFile(scratch+"/root/file", nil, 0o644))
		_ = syscall.Unmount(scratch+"/root", syscall.MNT_DETACH)
	}
	probeLoop(scratch, try)
	try("nesting", probeNesting(scratch, base, size, found))
}

func probeLoop(scratch string, try func(string, error) bool) {
	backing := filepath.Join(scratch, "backing")
	if err := os.WriteFile(backing, make([]byte, 1<<20), 0o600); !try("loop", err) {
		return
	}
	loop, err := attachLoop(backing)
	if try("loop", err) {
		// Without a mount the device is not freed by itself.
		const loopClear = 0x4C01
		_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, loop.Fd(), loopClear, 0)
		loop.Close()
	}
}
