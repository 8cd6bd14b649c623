package pid1

import (
	"bytes"
	"encoding/json"
	"strconv"
	"sync"
	"syscall"
	"time"

	"slipway/frame"
	"slipway/picture"
)

const (
	// maxLookers is how many streams `picture` there are at once: a server, and the one that takes its place.
	maxLookers = 4
	// settles is how long after something happened it is looked: a program that was just started has then entered its
	// namespaces, and what belongs together is one picture.
	settles = 40 * time.Millisecond
	// betweenPictures is the shortest time from one look to the next.
	betweenPictures = 250 * time.Millisecond
	// lookShare bounds what looking costs where there is much to see: it rests so many times as long as it was at work, by
	// the processor's clock. By the wall's, a busy host would make it rest for seconds.
	lookShare = 20
	// glances is how often it is looked whether something happened by itself, and wholeAfter how many glances lie between
	// two looks where none shows: a program may change its namespaces and tell nobody.
	glances    = 2 * time.Second
	wholeAfter = 15
)

// pictures draws the sandbox for whoever wants to see it, as long as there is anybody.
type pictures struct {
	eye *picture.Eye
	// happened holds a token when something happened since the last look.
	happened chan struct{}

	mu sync.Mutex
	// engine is nil where the sandbox has none.
	engine  *engine
	lookers map[*looker]struct{}
	// drawing: a goroutine looks. It may wait for ever where a learner has put something in its way; there is never another.
	drawing bool
	newest  []byte
}

// looker is one stream `picture`.
type looker struct {
	// next holds the newest picture that was not sent: who is slow misses those before it.
	next chan []byte
}

// newPictures is to be called before anything of the learner's runs. `nested`: an engine may be in there.
func newPictures(nested bool) (*pictures, error) {
	folder := ""
	if nested {
		folder = engineData
	}
	eye, err := picture.Open(folder, accountNames)
	if err != nil {
		return nil, err
	}
	return &pictures{eye: eye, happened: make(chan struct{}, 1), lookers: map[*looker]struct{}{}}, nil
}

func (p *pictures) setEngine(e *engine) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.engine = e
}

// engineState is null where there is no engine.
func (p *pictures) engineState() *picture.Engine {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.engine == nil {
		return nil
	}
	state := &picture.Engine{}
	if since := p.engine.since.Load(); since != 0 {
		state.Since = &since
	}
	return state
}

// accountNames reads the names of the image's accounts.
func accountNames() map[int]string {
	names := map[int]string{}
	eachLine("/etc/passwd", 7, func(field []string) {
		if uid, err := strconv.Atoi(field[2]); err == nil {
			if _, taken := names[uid]; !taken {
				names[uid] = field[0]
			}
		}
	})
	return names
}

// look has it looked soon. It never waits.
func (p *pictures) look() {
	select {
	case p.happened <- struct{}{}:
	default:
	}
}

// add makes a looker, which gets what is known at once; nil where there are too many.
func (p *pictures) add() *looker {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.lookers) >= maxLookers {
		return nil
	}
	one := &looker{next: make(chan []byte, 1)}
	p.lookers[one] = struct{}{}
	if p.drawing {
		if p.newest != nil {
			one.next <- p.newest
		}
	} else {
		p.drawing, p.newest = true, nil
		go p.draw()
	}
	return one
}

func (p *pictures) remove(one *looker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.lookers, one)
	close(one.next)
	p.look() // who draws may have nobody left to draw for
}

// draw looks whenever something happened, until nobody wants to see it.
func (p *pictures) draw() {
	ticks := time.NewTicker(glances)
	defer ticks.Stop()
	var seen picture.Glance
	for quiet := 0; ; {
		before := processorTime()
		seen = p.eye.Glance()
		drawn, err := p.eye.Look()
		if err == nil {
			drawn.Engine = p.engineState()
		}
		if !p.show(drawn) {
			return
		}
		rest := lookShare * (processorTime() - before)
		if rest < betweenPictures {
			rest = betweenPictures
		}
		time.Sleep(rest)
		for waiting := true; waiting; {
			select {
			case <-p.happened:
				time.Sleep(settles)
				waiting = false
			case <-ticks.C:
				quiet++
				waiting = p.eye.Glance() == seen && quiet < wholeAfter
			}
		}
		quiet = 0
	}
}

// processorTime is how long process 1 has been at work since its start.
func processorTime() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// show sends a picture that is another than the one before. False: nobody wants to see any more.
func (p *pictures) show(drawn *picture.Picture) bool {
	var text []byte
	if drawn != nil {
		text = written(drawn)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.lookers) == 0 {
		p.drawing = false
		return false
	}
	if text == nil || bytes.Equal(text, p.newest) {
		return true
	}
	p.newest = text
	for one := range p.lookers {
		select {
		case <-one.next:
		default:
		}
		one.next <- text
	}
	return true
}

// written is the picture as JSON; nil where it is larger than a frame.
func written(drawn *picture.Picture) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(drawn) != nil || text.Len() > frame.MaxPayload {
		return nil
	}
	return bytes.TrimRight(text.Bytes(), "\n")
}

// servePicture sends the picture of the sandbox, and each that is another, until the connection ends.
func (b *sandbox) servePicture(s *stream) {
	one := b.pictures.add()
	if one == nil {
		s.refuse("too-many-lookers", "a sandbox is looked at by at most "+strconv.Itoa(maxLookers)+" streams")
		return
	}
	if s.accept(nil) != nil {
		b.pictures.remove(one)
		return
	}
	s.sendUntilGone(func() error {
		for text := range one.next {
			if err := s.out.Write(frame.Control, text); err != nil {
				return err
			}
		}
		return nil
	}, func() { b.pictures.remove(one) })
}
