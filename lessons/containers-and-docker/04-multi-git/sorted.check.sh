# Passes where ~/todo.txt has what multi-git printed on standard output, and ~/problems.txt what it printed on standard error.
for file in todo.txt problems.txt; do
  [ ! -e "$file" ] && [ -e "multi-git/$file" ] &&
    fail "$file lies in ~/multi-git. It is to be in your home directory: ~/$file."
  [ -f "$file" ] || fail "There is no file ~/$file yet."
done
if grep -q '^multi-git: ' todo.txt; then
  grep -q '^== ' problems.txt && fail "The two are the wrong way round: in ~/todo.txt is what multi-git printed on standard error."
  fail "In ~/todo.txt is what multi-git printed on standard error, too. It belongs in ~/problems.txt."
fi
grep -q '^== ' problems.txt &&
  fail "In ~/problems.txt are headings, which multi-git prints on standard output. What it prints on standard error goes there by 2>."
grep -q "'git' is not a git command" problems.txt &&
  fail "multi-git was asked to run git git. It puts the word git in front by itself: leave it out behind multi-git."
grep -q '^== api$' todo.txt ||
  fail "~/todo.txt has no heading “== api”. Its first line: “$(head -n 1 todo.txt)”. What ~/problems.txt says: “$(head -n 1 problems.txt)”."
grep -q 'server.py:[0-9]*:.*TODO' todo.txt ||
  fail "~/todo.txt has headings, but not the line in api that holds TODO, with its number. Was it git grep -n TODO that ran?"
[ -s problems.txt ] || fail "~/problems.txt is empty. Of this command, standard error says that git failed in web."
grep -qx 'multi-git: web: exit status 1' problems.txt ||
  fail "~/problems.txt does not say that git failed in web. Its first line: “$(head -n 1 problems.txt)”."
