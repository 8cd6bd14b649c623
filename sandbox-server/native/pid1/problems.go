package pid1

import (
	"regexp"
	"sync"
)

// maxProblems is how many are kept while nobody watches.
const maxProblems = 16

// requestID is what the server calls the requests of browsers.
var requestID = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)

// problems are refusals, told to the next who watches: init has no log of its own, and nothing of the host's is open in
// here. A problem has no words, since those could hold what a learner typed.
type problems struct {
	mu   sync.Mutex
	kept []map[string]any
}

// note tells the problem to whoever watches, or keeps it.
func (p *problems) note(watchers *watchers, ask request, code string) {
	event := map[string]any{"type": "problem", "op": ask.Op, "code": code}
	if requestID.MatchString(ask.Request) {
		event["request"] = ask.Request
	}
	if watchers.tellAll(watched{body: event}) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.kept) >= maxProblems {
		p.kept = p.kept[1:]
	}
	p.kept = append(p.kept, event)
}

// take returns what was kept, once.
func (p *problems) take() []map[string]any {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept := p.kept
	p.kept = nil
	return kept
}
