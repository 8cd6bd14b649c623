# Passes where the branch login is checked out in all three repositories, and nothing was lost in web.
on_branch login
if [ ! -e code/web/login.html ]; then
  begun=$(git -C code/web rev-list --all --reflog --max-count=1 --grep='Ask for a name')
  fail "The branch login of web was begun anew, and no longer holds what was in it: login.html. git -C ~/code/web reset --keep ${begun:0:7} brings that back."
fi
grep -q 'Boats' code/web/index.html ||
  fail "The change in ~/code/web/index.html that nobody had committed is gone. If you put it away by git stash, git stash pop brings it back; else reset this task."
