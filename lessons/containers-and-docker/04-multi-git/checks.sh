# on_branch NAME: passes where it is checked out in all three repositories.
on_branch() {
  for name in api web docs; do
    [ -d "code/$name/.git" ] || fail "There is no repository ~/code/$name any more. Reset brings it back."
  done
  for name in api web docs; do
    expect_equal "$(git -C "code/$name" branch --show-current)" "$1" "The branch that is checked out in $name"
  done
}
