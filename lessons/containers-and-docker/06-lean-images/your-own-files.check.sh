# Passes where each repository has the branch lean, and nothing in the folder belongs to anybody but the learner.
foreign=$(find fleet ! -user "$(id -un)" -print -quit)
[ -z "$foreign" ] || fail "~/$foreign belongs to $(stat --format %U "$foreign"). Take back what is yours by sudo chown -R \"\$(id -u):\$(id -g)\" ~/fleet, and run the container as yourself, by --user."
for name in api web docs; do
  [ -d "fleet/$name/.git" ] || fail "~/fleet/$name is no git repository any more. Reset this task to get it back."
  git -C "fleet/$name" show-ref --quiet --verify refs/heads/lean || missing="$missing $name"
done
[ -n "$missing" ] || exit 0
[ "$missing" = ' api web docs' ] || fail "There is no branch lean in:$missing. Where there is one already, git refuses another and multi-git stops, so name only these in MG_REPOS."
fail "There is no branch lean yet, neither in api nor in web nor in docs. Read what git says: it wants a folder that may be written, and a user whose repositories these are."
