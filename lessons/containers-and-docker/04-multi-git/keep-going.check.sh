# Tries the program that the learner has built, in repositories of the check's own: in the second of three, git fails.
program=$HOME/multi-git/multi-git
[ -x "$program" ] || fail "There is no program multi-git in ~/multi-git. Build it."

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null
for name in one two three; do
  git init -q "$place/$name"
  [ "$name" = two ] || git -C "$place/$name" config greeting.text "hello from $name"
done
try() { # REPOSITORIES ARGUMENT...: sets out, err, status
  out=$(MG_ROOT=$place MG_REPOS=$1 timeout 3 "$program" "${@:2}" 2> "$place/err" < /dev/null)
  status=$?
  err=$(cat "$place/err")
}
# A reason is worth little where the program is not the one that the sources would give.
wrong() {
  for source in main.go repository.go go.mod; do
    [ "$HOME/multi-git/$source" -nt "$program" ] || continue
    fail "$source is newer than the program multi-git. Build it again, by go build in ~/multi-git. If that has already told you of a mistake, mend it first."
  done
  fail "$1"
}
try one,two,three -keep-going config greeting.text
case $err in
  *'not defined: -keep-going'*) wrong "multi-git does not know the flag yet. It says: “${err%%$'\n'*}”." ;;
  *panic:* | *'goroutine '*) wrong "multi-git crashes: “${err%%$'\n'*}”." ;;
esac
[ "$status" != 124 ] || wrong "multi-git -keep-going does not end: after 3 seconds it was still running."
case $out in
  *'== three'*'hello from three'*) ;;
  *'== two'*) wrong "With -keep-going, multi-git still stops at the repository in which git fails: of three, the third was not asked." ;;
  *) wrong "With -keep-going, multi-git does not come to the second of three repositories. It prints: “$out”." ;;
esac
case $err in
  *'multi-git: two: exit status 1'*) ;;
  *) wrong "With -keep-going, multi-git no longer says on standard error in which repository git failed." ;;
esac
[ "$status" = 1 ] || wrong "With -keep-going, multi-git ends with $status though git failed in one of three repositories. It is to end with 1, so that whoever called it knows."

try one,three -keep-going config greeting.text
[ "$status" = 0 ] || wrong "With -keep-going, multi-git ends with $status where git succeeds in every repository. It is to end with 0."

try one,two,three config greeting.text
case $out in
  *'== three'*) wrong "Without -keep-going, multi-git now goes on after git failed in one repository. It is to stop there as before." ;;
esac
[ "$status" = 1 ] || wrong "Without -keep-going, multi-git ends with $status where git fails in a repository. It is to end with 1 as before."
