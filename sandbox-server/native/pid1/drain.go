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
	// maxWaited is how long, in all, is waited for what is on its way. What was printed before the end is there; only who
	// was left behind, and prints a little again and again, makes one wait.
	maxWaited = 500 * time.Millisecond
)

// drain reads on after a deadline: it passes as well while the one who is read for is slow, and what was printed
// before the end must not be lost by that.
type drain struct {
	late   bool
	bytes  int
	waited time.Duration
}

// read reads from the file, to ask `more` about afterwards.
func (d *drain) read(file *os.File, buffer []byte) (int, error) {
	began := time.Now()
	n, err := file.Read(buffer)
	if d.late {
		d.waited += time.Since(began)
	}
	return n, err
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
	return d.bytes <= maxLate && d.waited <= maxWaited && file.SetReadDeadline(time.Now().Add(drainAgain)) == nil
}
