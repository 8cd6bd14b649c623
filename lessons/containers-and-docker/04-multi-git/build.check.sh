# Passes where ~/multi-git/multi-git is a program that says how it is called, as the one built from main.go does.
program=multi-git/multi-git
if [ ! -e "$program" ]; then
  for other in multi-git/*; do
    [ -f "$other" ] && [ -x "$other" ] && [ "$(head -c 4 "$other")" = $'\x7fELF' ] || continue
    fail "There is a program ~/$other, but none called multi-git beside it. Without -o, go build takes the name from go.mod."
  done
  fail "There is no program multi-git in ~/multi-git yet. There are: $(ls multi-git 2> /dev/null | paste -sd ' ')."
fi
[ -f "$program" ] && [ "$(head -c 4 "$program")" = $'\x7fELF' ] || fail "~/$program is there, but it is no program: $(file -b "$program")."
[ -x "$program" ] || fail "~/$program may not be executed. Build it anew."
says=$(timeout 5 "$program" 2>&1)
status=$?
expect_match "$says" '^usage: multi-git' 'What ~/multi-git/multi-git says when it is called without a command'
expect_equal "$status" 2 'The exit status of ~/multi-git/multi-git when it is called without a command'
