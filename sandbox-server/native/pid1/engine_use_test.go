package pid1

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAConnectionToTheEngineIsSeenInTheKernelsTable(t *testing.T) {
	const head = "Num       RefCount Protocol Flags    Type St Inode Path\n"
	const listening = "0000000000000000: 00000002 00000000 00010000 0001 01 2041 /run/docker.sock\n"
	const connection = "0000000000000000: 00000003 00000000 00000000 0001 03 2090 /run/docker.sock\n"
	const waiting = "0000000000000000: 00000002 00000000 00000000 0001 02 2093 /run/docker.sock\n"
	const unnamed = "0000000000000000: 00000003 00000000 00000000 0001 03 2091\n"
	const other = "0000000000000000: 00000003 00000000 00000000 0001 03 2092 /run/other.sock\n"
	for _, each := range []struct {
		table string
		used  bool
	}{
		{head, false},
		{head + listening, false},
		{head + listening + unnamed + other, false},
		{head + listening + connection, true},
		{head + listening + waiting, true},
	} {
		if used := connected(write(t, each.table), "/run/docker.sock"); used != each.used {
			t.Errorf("used is %v with\n%s", used, each.table)
		}
	}
	if connected("/no/such/table", "/run/docker.sock") {
		t.Error("a table that cannot be read tells of a connection")
	}
}

func TestAContainerRunsWhereItsKeeperDoes(t *testing.T) {
	proc := t.TempDir()
	add := func(pid, comm string) {
		dir := filepath.Join(proc, pid)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "comm"), []byte(comm+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	add("1", "slipway-init")
	add("20", "containerd")
	add("sys", "containerd-shim")
	if runsContainers(proc) {
		t.Error("no container runs")
	}
	add("31", "containerd-shim") // the kernel cuts names after 15 letters
	if !runsContainers(proc) {
		t.Error("a container runs")
	}
}

func TestARefusalIsAnAnswerOfTheEnginesInterface(t *testing.T) {
	why := "failed to start daemon: \"a\" \\ \n and more"
	answer, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(engineRefusal(why))), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var body struct{ Message string }
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != 503 || !strings.HasSuffix(body.Message, why) || !strings.Contains(body.Message, engineLog) {
		t.Errorf("status %d, message %q", answer.StatusCode, body.Message)
	}
}

func TestTheLastLineOfALogIsTheLastWithWords(t *testing.T) {
	for text, last := range map[string]string{
		"":                               "",
		"one\ntwo\n\n  \n":               "two",
		"one\n\xff\xfebroken":            "?broken",
		strings.Repeat("x", 1000) + "\n": strings.Repeat("x", longestLastLine) + "…",
	} {
		if found := lastLine(write(t, text)); found != last {
			t.Errorf("%q: found %q", text, found)
		}
	}
	if found := lastLine("/no/such/log"); found != "" {
		t.Errorf("found %q", found)
	}
}
