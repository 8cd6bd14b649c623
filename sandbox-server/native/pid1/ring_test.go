package pid1

import (
	"bytes"
	"math/rand"
	"testing"
)

// held returns all that the ring holds, as a viewer would read it.
func held(r *ring, from int64) []byte {
	var out []byte
	for position := from; position < r.end; {
		piece := r.slice(position, 1000)
		out = append(out, piece...)
		position += int64(len(piece))
	}
	return out
}

func TestTheRingHoldsTheNewestBytesWhateverTheWritesAre(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	var r ring
	var all []byte
	for len(all) < 3*ringSize {
		piece := make([]byte, random.Intn(readSize)+1)
		random.Read(piece)
		r.write(piece)
		all = append(all, piece...)
		if r.end != int64(len(all)) {
			t.Fatalf("end is %d after %d bytes", r.end, len(all))
		}
		if kept := r.end - r.start; kept > ringSize || (r.end > ringSize && kept != ringSize) {
			t.Fatalf("holds %d bytes of %d", kept, r.end)
		}
		if random.Intn(20) == 0 && !bytes.Equal(held(&r, r.start), all[r.start:]) {
			t.Fatalf("what is held is not what was written, at %d", len(all))
		}
	}
	if !bytes.Equal(held(&r, r.start), all[r.start:]) {
		t.Fatal("what is held is not what was written")
	}
}

func TestAnIdleRingIsSmall(t *testing.T) {
	var r ring
	r.write([]byte("$ "))
	if len(r.data) != ringStart {
		t.Errorf("%d bytes for a prompt", len(r.data))
	}
}

func TestAViewerGoesOnFromTheByteItHas(t *testing.T) {
	var r ring
	r.write([]byte("one two"))
	for _, from := range []int64{0, 4, 7} {
		if position, cut := r.resume(from); position != from || cut {
			t.Errorf("from %d: %d, cut %v", from, position, cut)
		}
	}
}

func TestAReplayIsCutAtTheBeginningOfALine(t *testing.T) {
	var r ring
	line := []byte("0123456789abcdef\r\n")
	for r.end < 2*ringSize {
		r.write(line)
	}
	position, cut := r.resume(0)
	if !cut || position%int64(len(line)) != 0 || position < r.start || position > r.start+int64(len(line)) {
		t.Errorf("position %d of %d-%d, cut %v", position, r.start, r.end, cut)
	}
}

func TestAReplayWithoutLinesIsCutAtACharacter(t *testing.T) {
	var r ring
	for r.end < 2*ringSize+1 {
		r.write([]byte("é")) // two bytes each
	}
	r.write([]byte("x"))
	position, cut := r.resume(0)
	if first := r.slice(position, 1); !cut || first[0]&0xC0 == 0x80 {
		t.Errorf("begins with % x, cut %v", first, cut)
	}
}

func TestAPositionThatNeverWasShowsAllThatIsHeld(t *testing.T) {
	var r ring
	r.write([]byte("line\nmore"))
	if position, cut := r.resume(1000); !cut || position > 5 {
		t.Errorf("position %d, cut %v", position, cut)
	}
}
