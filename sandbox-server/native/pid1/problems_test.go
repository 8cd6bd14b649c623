package pid1

import (
	"encoding/json"
	"fmt"
	"testing"
)

func TestWhatIsRefusedIsToldToWhoWatchesWithTheRequestItWasFor(t *testing.T) {
	box := promptsBox()
	open(t, box, `{"op":"exec","argv":["no-such-program"],"request":"k3f9k3f9k3f9"}`)
	open(t, box, `{"op":"save","why":"","request":"not an id"}`)
	watcher, _ := open(t, box, `{"op":"watch"}`)
	told := []map[string]any{watcher.control(t), watcher.control(t)}
	open(t, box, `{"op":"nothing"}`)
	told = append(told, watcher.control(t))
	text, _ := json.Marshal(told)
	expected := `[{"code":"not-found","op":"exec","request":"k3f9k3f9k3f9","type":"problem"},` +
		`{"code":"bad-request","op":"save","type":"problem"},{"code":"bad-request","op":"nothing","type":"problem"}]`
	if string(text) != expected {
		t.Errorf("told %s", text)
	}
}

func TestOfWhatIsRefusedWhileNobodyWatchesTheNewestIsKept(t *testing.T) {
	box := promptsBox()
	for i := 0; i < maxProblems+3; i++ {
		box.problems.note(&box.watchers, request{Op: "exec", Request: fmt.Sprintf("request-%02d", i)}, "failed")
	}
	kept := box.problems.take()
	if len(kept) != maxProblems || kept[0]["request"] != "request-03" {
		t.Errorf("kept %v", kept)
	}
	if again := box.problems.take(); len(again) != 0 {
		t.Errorf("told twice: %v", again)
	}
}
