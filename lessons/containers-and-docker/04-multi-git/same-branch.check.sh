# Passes where the branch search is checked out in all three repositories.
for name in api web docs; do
  [ -d "code/$name/.git" ] || fail "There is no repository ~/code/$name any more. Reset brings it back."
done
for name in api web docs; do
  expect_equal "$(git -C "code/$name" branch --show-current)" search "The branch that is checked out in $name"
done
