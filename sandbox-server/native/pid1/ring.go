package pid1

import "bytes"

const (
	// ringSize is how much of a terminal's output is held, in bytes: a screen's scrollback of 10,000 lines at the usual
	// 100 bytes a line.
	ringSize = 1 << 20
	// ringStart is what a new terminal holds; it doubles as output comes, so that an idle shell costs little.
	ringStart = 16 << 10
)

// ring holds the newest bytes of a stream, by position since its beginning.
type ring struct {
	data []byte
	// start and end are the positions of the oldest held byte and of the next byte to come.
	start, end int64
}

func (r *ring) write(p []byte) {
	r.grow(len(p))
	for len(p) > 0 {
		at := int(r.end % int64(len(r.data)))
		n := copy(r.data[at:], p)
		p = p[n:]
		r.end += int64(n)
	}
	if oldest := r.end - int64(len(r.data)); r.start < oldest {
		r.start = oldest
	}
}

// grow makes room for n more bytes as long as ringSize allows, keeping what is held.
func (r *ring) grow(n int) {
	want := len(r.data)
	if want == 0 {
		want = ringStart
	}
	for want < ringSize && r.end-r.start+int64(n) > int64(want) {
		want *= 2
	}
	if want == len(r.data) {
		return
	}
	bigger := make([]byte, want)
	for position := r.start; position < r.end; {
		piece := r.slice(position, int(r.end-position))
		copy(bigger[position%int64(want):], piece)
		// A piece may wrap in the bigger buffer too.
		if over := int(position%int64(want)) + len(piece) - want; over > 0 {
			copy(bigger, piece[len(piece)-over:])
		}
		position += int64(len(piece))
	}
	r.data = bigger
}

// slice returns up to max bytes from position on, without copying; it may be shorter than what is held.
func (r *ring) slice(position int64, max int) []byte {
	if position >= r.end || position < r.start {
		return nil
	}
	at := int(position % int64(len(r.data)))
	n := int(r.end - position)
	if n > max {
		n = max
	}
	if n > len(r.data)-at {
		n = len(r.data) - at
	}
	return r.data[at : at+n]
}

// lineSearch is how far a cut replay looks for the beginning of a line, in bytes.
const lineSearch = 4096

// resume tells where a viewer that has everything below from goes on, and whether bytes between are lost. A cut begins
// after a line's end where there is one near, so that no escape sequence or character is shown by half.
func (r *ring) resume(from int64) (position int64, cut bool) {
	if from >= r.start && from <= r.end {
		return from, false
	}
	return r.start + int64(lineStart(r.slice(r.start, lineSearch))), true
}

// lineStart returns where a piece of output that begins anywhere can be shown from.
func lineStart(piece []byte) int {
	if len(piece) > lineSearch {
		piece = piece[:lineSearch]
	}
	if i := bytes.IndexByte(piece, '\n'); i >= 0 {
		return i + 1
	}
	for i, b := range piece {
		if b&0xC0 != 0x80 { // not the middle of a UTF-8 character
			return i
		}
	}
	return 0
}

// copy returns all that is held.
func (r *ring) copy() []byte {
	held := make([]byte, 0, r.end-r.start)
	for position := r.start; position < r.end; {
		piece := r.slice(position, int(r.end-position))
		held = append(held, piece...)
		position += int64(len(piece))
	}
	return held
}
