cd ~/multi-git
cp testdata/keep_going_test.go .
cat > main.go << 'END'
// Multi-git runs one git command in many repositories, one after the other.
//
//	MG_ROOT=~/code MG_REPOS=api,web,docs multi-git status --short
//
// MG_ROOT is the folder that holds the repositories, and MG_REPOS names those
// that are meant, separated by commas. From the command on, all arguments are
// passed on to git as they are; flags before it are multi-git's own.
//
// It stops where git fails, but for -keep-going. It ends with 0 when git succeeded in every repository,
// with 1 when git failed in one of them, and with 2 when it was called wrongly.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	os.Exit(run(os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run is the program without its surroundings, so that a test can call it: it
// gets the arguments, the environment and where to print, and returns the exit status.
func run(args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("multi-git", flag.ContinueOnError)
	flags.SetOutput(stderr)
	keepGoing := flags.Bool("keep-going", false, "go on in the other repositories after git failed in one")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: multi-git [FLAG...] COMMAND [ARGUMENT...]")
		fmt.Fprintln(stderr, "Runs a git command in each of the repositories MG_REPOS, in the folder MG_ROOT.")
		flags.PrintDefaults()
	}
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return 2
	}
	if flags.NArg() == 0 {
		flags.Usage()
		return 2
	}

	repositories, err := findRepositories(getenv("MG_ROOT"), getenv("MG_REPOS"))
	if err != nil {
		fmt.Fprintln(stderr, "multi-git:", err)
		return 2
	}
	status := 0
	for _, repository := range repositories {
		fmt.Fprintf(stdout, "== %s\n", repository.name)
		if err := repository.git(flags.Args(), stdout, stderr); err != nil {
			fmt.Fprintf(stderr, "multi-git: %s: %v\n", repository.name, err)
			status = 1
			if !*keepGoing {
				break
			}
		}
	}
	return status
}
END
go test && go build
