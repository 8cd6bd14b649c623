package pid1

import (
	"encoding/json"
	"testing"
	"time"

	"slipway/picture"
)

// drawn waits for the next picture of a looker.
func drawn(t *testing.T, one *looker) picture.Picture {
	t.Helper()
	var got picture.Picture
	select {
	case text := <-one.next:
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("no picture came")
	}
	return got
}

func TestEverybodyWhoLooksGetsThePicture(t *testing.T) {
	p, err := newPictures(false)
	if err != nil {
		t.Fatal(err)
	}
	first := p.add()
	if got := drawn(t, first); got.Kernel == "" || got.Box.Processes[0].Number != 1 {
		t.Errorf("of %q, first %+v", got.Kernel, got.Box.Processes[0])
	}
	second := p.add()
	if got := drawn(t, second); got.Kernel == "" {
		t.Error("who comes later gets nothing")
	}
	for n := 2; n < maxLookers; n++ {
		p.add()
	}
	if p.add() != nil {
		t.Error("more look than may")
	}
	p.remove(first)
	if p.add() == nil {
		t.Error("who left still counts")
	}
}

func TestNobodyDrawsForNobody(t *testing.T) {
	p, err := newPictures(false)
	if err != nil {
		t.Fatal(err)
	}
	one := p.add()
	drawn(t, one)
	p.remove(one)
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		p.mu.Lock()
		drawing := p.drawing
		p.mu.Unlock()
		if !drawing {
			break
		}
		if time.Since(began) > 10*time.Second {
			t.Fatal("it goes on")
		}
	}
	drawn(t, p.add())
}
