package pid1

import (
	"errors"
	"os"
	"time"
)

const (
	// drainAgain is how long silence lasts that is the end.
	drainAgain = 50 * time.Millisecond
	// maxLate is more than any pipe or terminal holds, in bytes: what comes after it was written after the end, by a
	// process that was left behind.
	maxLate = 1 << 20
)

// drain reads on after a deadline: it passes as well while the one who is read for is slow, and what was printed
// before the end must not be lost by that.
type drain struct {
	late  bool
	bytes int
}

// more tells, after a read of n bytes with err, whether to read again. To be asked right before that.
func (d *drain) more(file *os.File, n int, err error) bool {
	if err == nil && !d.late {
		return true
	}
	if err != nil && (d.late || !errors.Is(err, os.ErrDeadlineExceeded)) {
		return false
	}
	d.late = true
	d.bytes += n
	return d.bytes <= maxLate && file.SetReadDeadline(time.Now().Add(drainAgain)) == nil
}
