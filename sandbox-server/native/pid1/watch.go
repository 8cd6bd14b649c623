package pid1

import (
	"strconv"
	"sync"
)

const (
	// maxWatchers is how many watch at once: a server, and the one that takes its place.
	maxWatchers = 8
	// maxWatched is how many events wait for a watcher; one that takes nothing loses the oldest.
	maxWatched = 256
)

// watchers hear of the prompts and ended commands of all terminals, in the order in which they came.
type watchers struct {
	mu  sync.Mutex
	all map[*watcher]struct{}
}

// watcher is one stream `watch`. Its fields belong to the lock of all.
type watcher struct {
	events []watched
	// more holds a token while there are events to send.
	more chan struct{}
}

// watched is what a watcher is told of a terminal.
type watched struct {
	terminal string
	// prompt: only the newest of each terminal is of use.
	prompt bool
	body   map[string]any
}

// tell never waits: whoever tells holds a terminal's lock.
func (w *watchers) tell(terminal string, event map[string]any) {
	w.tellAll(of(terminal, event))
}

// tellAll tells something that may be of no terminal. False: nobody watches.
func (w *watchers) tellAll(told watched) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for each := range w.all {
		each.queue(told)
	}
	return len(w.all) > 0
}

// of is the event with the terminal's name.
func of(terminal string, event map[string]any) watched {
	body := map[string]any{"terminal": terminal}
	for key, value := range event {
		body[key] = value
	}
	return watched{terminal: terminal, prompt: event["type"] == "prompt", body: body}
}

func (w *watcher) queue(event watched) {
	if event.prompt {
		for i, waiting := range w.events {
			if waiting.prompt && waiting.terminal == event.terminal {
				w.events = append(w.events[:i], w.events[i+1:]...)
				break
			}
		}
	}
	if len(w.events) >= maxWatched {
		w.events = w.events[1:]
	}
	w.events = append(w.events, event)
	select {
	case w.more <- struct{}{}:
	default:
	}
}

// add makes a watcher; nil where there are too many.
func (w *watchers) add() *watcher {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.all) >= maxWatchers {
		return nil
	}
	one := &watcher{more: make(chan struct{}, 1)}
	if w.all == nil {
		w.all = map[*watcher]struct{}{}
	}
	w.all[one] = struct{}{}
	return one
}

// remove ends what waits for more.
func (w *watchers) remove(one *watcher) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.all, one)
	close(one.more)
}

// take returns all that waits.
func (w *watchers) take(one *watcher) []watched {
	w.mu.Lock()
	defer w.mu.Unlock()
	events := one.events
	one.events = nil
	return events
}

// serveWatch tells events until the connection ends; first how each terminal's prompt stands.
func (b *sandbox) serveWatch(s *stream) {
	one := b.watchers.add()
	if one == nil {
		s.refuse("too-many-watchers", "a sandbox has at most "+strconv.Itoa(maxWatchers)+" watchers")
		return
	}
	if s.accept(nil) != nil {
		b.watchers.remove(one)
		return
	}
	b.tellPrompts(one)
	b.tellProblems(one)
	s.sendUntilGone(func() error {
		for range one.more {
			for _, event := range b.watchers.take(one) {
				if err := s.out.WriteJSON(event.body); err != nil {
					return err
				}
			}
		}
		return nil
	}, func() { b.watchers.remove(one) })
}

// tellPrompts tells one watcher how the prompts stand; what comes meanwhile is newer, and told behind.
func (b *sandbox) tellPrompts(one *watcher) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, t := range b.terminals {
		t.mu.Lock()
		if t.exit == nil {
			event := of(name, t.prompt.event())
			b.watchers.mu.Lock()
			one.queue(event)
			b.watchers.mu.Unlock()
		}
		t.mu.Unlock()
	}
}

// tellProblems tells one watcher what was refused while nobody watched.
func (b *sandbox) tellProblems(one *watcher) {
	kept := b.problems.take()
	b.watchers.mu.Lock()
	defer b.watchers.mu.Unlock()
	for _, problem := range kept {
		one.queue(watched{body: problem})
	}
}
