package pid1

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// quietTerminal is a terminal without a shell, as far as prompts go.
func quietTerminal(box *sandbox, name string) *terminal {
	t := newTerminal(box, name, size{80, 24})
	t.prompt = newPrompt(1, os.Stdin, func(event map[string]any) { box.watchers.tell(name, event) })
	box.terminals[name] = t
	return t
}

func promptsBox() *sandbox { return &sandbox{terminals: map[string]*terminal{}} }

func TestAWatcherHearsOfAllTerminalsInOrder(t *testing.T) {
	box := promptsBox()
	quietTerminal(box, "main").prompt.mark("B")
	watcher, _ := open(t, box, `{"op":"watch"}`)
	told := []map[string]any{watcher.control(t)}
	box.terminals["main"].prompt.mark("C")
	told = append(told, watcher.control(t))
	box.terminals["main"].prompt.mark("D;3")
	quietTerminal(box, "client").prompt.mark("B")
	told = append(told, watcher.control(t), watcher.control(t))
	text, _ := json.Marshal(told)
	expected := `[{"sure":true,"terminal":"main","type":"prompt","waiting":true},` +
		`{"sure":true,"terminal":"main","type":"prompt","waiting":false},` +
		`{"status":3,"terminal":"main","type":"command-ended"},` +
		`{"sure":true,"terminal":"client","type":"prompt","waiting":true}]`
	if string(text) != expected {
		t.Errorf("told %s", text)
	}
}

func TestASlowWatcherKeepsTheNewestPromptOfEachTerminalAndTheNewestEvents(t *testing.T) {
	all := watchers{}
	slow := all.add()
	prompt := func(waiting bool) map[string]any { return map[string]any{"type": "prompt", "waiting": waiting} }
	all.tell("client", prompt(true))
	for i := 0; i < 3; i++ {
		all.tell("main", prompt(false))
		all.tell("main", commandEndedEvent("0"))
		all.tell("main", prompt(true))
	}
	var kinds []string
	for _, event := range all.take(slow) {
		kinds = append(kinds, event.terminal+" "+event.body["type"].(string))
	}
	expected := "client prompt, main command-ended, main command-ended, main command-ended, main prompt"
	if strings.Join(kinds, ", ") != expected {
		t.Errorf("kept %v", kinds)
	}
	for i := 0; i < maxWatched+1; i++ {
		all.tell("main", commandEndedEvent("0"))
	}
	all.tell("main", commandEndedEvent("7"))
	kept := all.take(slow)
	if len(kept) != maxWatched || kept[maxWatched-1].body["status"] != 7 {
		t.Errorf("kept %d, the last %v", len(kept), kept[len(kept)-1].body)
	}
}

func TestWatchersAreBoundedAndGiveTheirPlaceFree(t *testing.T) {
	box := promptsBox()
	var last server
	for i := 0; i < maxWatchers; i++ {
		watcher, answer := open(t, box, `{"op":"watch"}`)
		if answer["ok"] != true {
			t.Fatalf("watcher %d: %v", i, answer)
		}
		last = watcher
	}
	if _, answer := open(t, box, `{"op":"watch"}`); answer["code"] != "too-many-watchers" {
		t.Fatalf("one more: %v", answer)
	}
	last.conn.Close()
	for tries := 0; ; tries++ {
		if _, answer := open(t, box, `{"op":"watch"}`); answer["ok"] == true {
			return
		}
		if tries == 1000 {
			t.Fatal("its place was never given free")
		}
	}
}
