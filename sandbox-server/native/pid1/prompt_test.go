package pid1

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// hear gives the marks to a prompt and returns what it told, as JSON.
func hear(marks ...string) string {
	var told []string
	p := newPrompt(1, os.Stdin, func(event map[string]any) {
		text, _ := json.Marshal(event)
		told = append(told, string(text))
	})
	for _, mark := range marks {
		p.mark(mark)
	}
	return strings.Join(told, " ")
}

const (
	waits = `{"sure":true,"type":"prompt","waiting":true}`
	runs  = `{"sure":true,"type":"prompt","waiting":false}`
)

func TestMarksTellPromptsAndEnds(t *testing.T) {
	ends := func(status string) string { return `{"status":` + status + `,"type":"command-ended"}` }
	for _, each := range []struct {
		name     string
		marks    []string
		expected string
	}{
		{"a prompt", []string{"A", "B"}, waits},
		{"a command", []string{"A", "B", "C", "D;0", "A", "B"}, waits + " " + runs + " " + ends("0") + " " + waits},
		{"a failing command", []string{"C", "D;7"}, runs + " " + ends("7")},
		{"an empty Enter has an end without a start", []string{"B", "D;0", "A", "B"}, waits},
		{"a paste of four lines has four starts and one end", []string{"C", "C", "C", "C", "D;1"}, runs + " " + ends("1")},
		{"a line of a paste that fails", []string{"B", "C;0", "C;0", "C;4", "C;5", "D;0"}, waits + " " + runs + " " + ends("4")},
		{"a paste whose last line fails", []string{"C;0", "C;4", "D;1"}, runs + " " + ends("1")},
		{"how the command before ended", []string{"B", "C;7", "D;0"}, waits + " " + runs + " " + ends("0")},
		{"what a nested shell began with", []string{"C;0", "B", "C;1", "D;0"}, strings.Join([]string{runs, waits, runs, ends("0")}, " ")},
		{"an end that tells no status", []string{"C", "D"}, runs + " " + ends("null")},
		{"an end that tells nonsense", []string{"C", "D;-5"}, runs + " " + ends("null")},
		{"marks that nobody knows", []string{"Z", "", "P;k=s"}, ""},
	} {
		t.Run(each.name, func(t *testing.T) {
			if told := hear(each.marks...); told != each.expected {
				t.Errorf("told %s", told)
			}
		})
	}
}
