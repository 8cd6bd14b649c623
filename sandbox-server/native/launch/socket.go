package launch

import (
	"net"
	"os"
)

// listen makes the socket by which the server reaches init. It exists on the host only; init inherits the listening
// end, so that nothing inside can put another file in its place.
func listen(path string, gid int) (*os.File, error) {
	_ = os.Remove(path)
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, failure("start-failed", "init's socket: %w", err)
	}
	listener.SetUnlinkOnClose(false)
	defer listener.Close()
	if err := os.Chown(path, 0, gid); err != nil {
		return nil, failure("start-failed", "init's socket: %w", err)
	}
	if err := os.Chmod(path, 0o660); err != nil {
		return nil, failure("start-failed", "init's socket: %w", err)
	}
	file, err := listener.File()
	if err != nil {
		return nil, failure("start-failed", "init's socket: %w", err)
	}
	return file, nil
}
