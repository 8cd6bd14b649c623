package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
)

// A repository is a folder that git looks after.
type repository struct {
	name string
	path string
}

// findRepositories returns the repositories below root that names lists,
// separated by commas, in that order. All of them must be there: nothing is
// begun that could not be done in every one.
func findRepositories(root, names string) ([]repository, error) {
	if root == "" {
		return nil, errors.New("MG_ROOT is not set: it is to name the folder that holds the repositories")
	}
	root, err := expandHome(root)
	if err != nil {
		return nil, fmt.Errorf("MG_ROOT: %w", err)
	}

	var found []repository
	for _, name := range strings.Split(names, ",") {
		name = strings.TrimSpace(name)
		if name == "" {
			continue
		}
		path := filepath.Join(root, name)
		if _, err := os.Stat(filepath.Join(path, ".git")); err != nil {
			return nil, fmt.Errorf("%s is not a git repository", path)
		}
		found = append(found, repository{name, path})
	}
	if len(found) == 0 {
		return nil, errors.New("MG_REPOS names no repository: it is to list them, separated by commas")
	}
	return found, nil
}

// expandHome replaces ~ and ~NAME at the beginning of a path by that user's
// home. The shell does so for words that are typed, but not for a value that
// stands between quotes or comes from a file.
func expandHome(path string) (string, error) {
	if !strings.HasPrefix(path, "~") {
		return path, nil
	}
	name, rest, _ := strings.Cut(path[1:], "/")
	var owner *user.User
	var err error
	if name == "" {
		owner, err = user.Current()
	} else {
		owner, err = user.Lookup(name)
	}
	if err != nil {
		return "", err
	}
	return filepath.Join(owner.HomeDir, rest), nil
}

// git runs one git command in the repository and waits for its end.
func (r repository) git(args []string, stdout, stderr io.Writer) error {
	command := exec.Command("git", args...)
	command.Dir = r.path
	command.Stdout = stdout
	command.Stderr = stderr
	// A pager would make the reader stop in every repository.
	command.Env = append(os.Environ(), "GIT_PAGER=cat")
	return command.Run()
}
