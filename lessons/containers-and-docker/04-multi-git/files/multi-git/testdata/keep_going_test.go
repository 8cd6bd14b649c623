package main

import (
	"strings"
	"testing"
)

func TestKeepGoingReachesTheRepositoriesAfterAFailure(t *testing.T) {
	root := newRepositories(t, "api", "web", "docs")
	gitIn(t, root+"/api", "config", "greeting.text", "hello")
	gitIn(t, root+"/docs", "config", "greeting.text", "moin")

	got := call(t, root, "api,web,docs", "-keep-going", "config", "greeting.text")
	if got.status != 1 {
		t.Fatalf("it ends with %d, want 1: %s", got.status, firstLine(got.stderr))
	}
	if want := "== api\nhello\n== web\n== docs\nmoin\n"; got.stdout != want {
		t.Errorf("it prints %q, want %q", got.stdout, want)
	}
	if want := "multi-git: web: exit status 1\n"; got.stderr != want {
		t.Errorf("on standard error it prints %q, want %q", got.stderr, want)
	}
}

func TestKeepGoingEndsWith0WhereNothingFails(t *testing.T) {
	root := newRepositories(t, "api", "web")
	got := call(t, root, "api,web", "-keep-going", "status", "--short")
	if got.status != 0 {
		t.Errorf("it ends with %d, want 0: %s", got.status, firstLine(got.stderr))
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
