package main

import (
	"bytes"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
)

func TestRunsInEveryRepositoryInTheOrderOfTheList(t *testing.T) {
	root := newRepositories(t, "api", "web", "docs")
	got := call(t, root, "web,docs,api", "rev-parse", "--is-inside-work-tree")
	want := "== web\ntrue\n== docs\ntrue\n== api\ntrue\n"
	if got.status != 0 || got.stdout != want {
		t.Errorf("got %+v, want status 0 and %q", got, want)
	}
}

func TestMakesABranchInEveryRepository(t *testing.T) {
	root := newRepositories(t, "api", "web")
	if got := call(t, root, "api, web", "checkout", "-q", "-b", "feature"); got.status != 0 {
		t.Fatalf("got %+v, want status 0", got)
	}
	for _, name := range []string{"api", "web"} {
		if branch := gitIn(t, filepath.Join(root, name), "symbolic-ref", "--short", "HEAD"); branch != "feature" {
			t.Errorf("%s is on branch %q", name, branch)
		}
	}
}

func TestStopsWhereGitFails(t *testing.T) {
	root := newRepositories(t, "api", "web")
	gitIn(t, filepath.Join(root, "api"), "config", "greeting.text", "hello")
	gitIn(t, filepath.Join(root, "web"), "config", "other.text", "hello")

	got := call(t, root, "api,web,api", "config", "greeting.text")
	if got.status != 1 || got.stdout != "== api\nhello\n== web\n" {
		t.Errorf("got %+v, want status 1 and nothing after web", got)
	}
	if got.stderr != "multi-git: web: exit status 1\n" {
		t.Errorf("stderr is %q", got.stderr)
	}
}

func TestPrintsWhatGitSaysOnStandardError(t *testing.T) {
	t.Setenv("LC_ALL", "C") // Git's words in English.
	root := newRepositories(t, "api")
	got := call(t, root, "api", "no-such-command")
	if got.status != 1 || !strings.Contains(got.stderr, "'no-such-command' is not a git command") {
		t.Errorf("got %+v", got)
	}
}

func TestPassesAllAfterTheCommandToGit(t *testing.T) {
	root := newRepositories(t, "api")
	got := call(t, root, "api", "rev-parse", "-sq", "--", "-h")
	if want := "== api\n-sq\n--\n-h\n"; got.status != 0 || got.stdout != want {
		t.Errorf("got %+v, want status 0 and %q", got, want)
	}
}

func TestAsksForNoPager(t *testing.T) {
	root := newRepositories(t, "api")
	if got := call(t, root, "api", "var", "GIT_PAGER"); got.stdout != "== api\ncat\n" {
		t.Errorf("got %+v", got)
	}
}

func TestExplainsItself(t *testing.T) {
	if got := call(t, "", "", "-help"); got.status != 0 || !strings.HasPrefix(got.stderr, "usage: multi-git") {
		t.Errorf("got %+v", got)
	}
}

func TestBeginsNothingWhereARepositoryIsMissing(t *testing.T) {
	root := newRepositories(t, "api")
	got := call(t, root, "api,nowhere", "checkout", "-q", "-b", "feature")
	want := "multi-git: " + filepath.Join(root, "nowhere") + " is not a git repository\n"
	if got.status != 2 || got.stderr != want {
		t.Errorf("got %+v, want status 2 and %q", got, want)
	}
	if branch := gitIn(t, filepath.Join(root, "api"), "symbolic-ref", "--short", "HEAD"); branch == "feature" {
		t.Error("a branch was made in api all the same")
	}
}

func TestSaysWhatIsMissing(t *testing.T) {
	root := newRepositories(t, "api")
	for _, wrong := range []struct {
		root, names string
		args        []string
		says        string
	}{
		{"", "api", []string{"status"}, "MG_ROOT is not set"},
		{root, "", []string{"status"}, "MG_REPOS names no repository"},
		{root, " , ", []string{"status"}, "MG_REPOS names no repository"},
		{root, "api", nil, "usage: multi-git"},
		{root, "api", []string{"-nonsense"}, "-nonsense"},
		{"~no-such-user/code", "api", []string{"status"}, "MG_ROOT: user: unknown user no-such-user"},
	} {
		got := call(t, wrong.root, wrong.names, wrong.args...)
		if got.status != 2 || !strings.Contains(got.stderr, wrong.says) {
			t.Errorf("%+v: got %+v", wrong, got)
		}
	}
}

func TestExpandsHome(t *testing.T) {
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"~":                         me.HomeDir,
		"~/code":                    filepath.Join(me.HomeDir, "code"),
		"~" + me.Username + "/code": filepath.Join(me.HomeDir, "code"),
		"/srv/~code":                "/srv/~code",
	} {
		if got, err := expandHome(path); err != nil || got != want {
			t.Errorf("expandHome(%q) is %q, %v; want %q", path, got, err, want)
		}
	}
}

type outcome struct {
	status         int
	stdout, stderr string
}

// call runs multi-git as a user would, with the two variables set.
func call(t *testing.T, root, names string, args ...string) outcome {
	t.Helper()
	environment := map[string]string{"MG_ROOT": root, "MG_REPOS": names}
	var stdout, stderr bytes.Buffer
	status := run(args, func(key string) string { return environment[key] }, &stdout, &stderr)
	return outcome{status, stdout.String(), stderr.String()}
}

// newRepositories makes a folder with empty repositories of these names.
func newRepositories(t *testing.T, names ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, name := range names {
		path := filepath.Join(root, name)
		if err := os.Mkdir(path, 0o755); err != nil {
			t.Fatal(err)
		}
		gitIn(t, path, "init", "--quiet")
	}
	return root
}

func gitIn(t *testing.T, path string, args ...string) string {
	t.Helper()
	command := exec.Command("git", args...)
	command.Dir = path
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v in %s: %v\n%s", args, path, err, output)
	}
	return strings.TrimSpace(string(output))
}
