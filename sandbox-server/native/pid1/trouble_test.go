package pid1

import (
	"os"
	"path/filepath"
	"testing"
)

// memoryGroupV1 is a version 1 group with one below it, as the kernel shows them.
func memoryGroupV1(t *testing.T, kills, killsBelow, met string) string {
	t.Helper()
	group := t.TempDir() + "/"
	below := filepath.Join(group, "docker", "abc")
	if err := os.MkdirAll(below, 0o700); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{
		filepath.Join(group, "memory.oom_control"): "oom_kill_disable 0\nunder_oom 0\noom_kill " + kills + "\n",
		filepath.Join(below, "memory.oom_control"): "oom_kill_disable 0\nunder_oom 0\noom_kill " + killsBelow + "\n",
		filepath.Join(group, "memory.failcnt"):     met + "\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return group
}

func TestAKillCountsAsTheSandboxsWhereItMetItsOwnLimit(t *testing.T) {
	before := outOfMemoryV1(memoryGroupV1(t, "1", "0", "20"))
	for _, each := range []struct {
		name                   string
		kills, killsBelow, met string
		trouble                bool
	}{
		{"nothing happened", "1", "0", "20", false},
		{"a process of the group itself", "2", "0", "25", true},
		{"a process of a container, by the sandbox's limit", "1", "1", "25", true},
		{"a process of a container, by the container's limit", "1", "1", "20", false},
		{"the limit was met, and memory was found", "1", "0", "30", false},
	} {
		now := outOfMemoryV1(memoryGroupV1(t, each.kills, each.killsBelow, each.met))
		if trouble := allGrew(before, now); trouble != each.trouble {
			t.Errorf("%s: trouble is %v, numbers %v then %v", each.name, trouble, before, now)
		}
	}
}

func TestWhatCannotBeReadIsNoTrouble(t *testing.T) {
	if _, ok := numberIn("/no/such/file", "max"); ok {
		t.Error("a file that is not there has a number")
	}
	if allGrew(nil, nil) || allGrew([]int64{1}, nil) || allGrew(nil, []int64{1}) {
		t.Error("numbers that are not there have grown")
	}
}
