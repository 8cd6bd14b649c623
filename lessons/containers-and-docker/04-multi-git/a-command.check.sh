# Passes where a shell finds ~/multi-git/multi-git, and no copy of it, as `multi-git`.
link=/usr/local/bin/multi-git
if [ -L "$link" ] && [ ! -e "$link" ]; then
  fail "$link leads to “$(readlink "$link")”, and nothing is there. What a link leads to is looked up from the folder in which the link lies, so give the whole path. sudo rm $link takes this one away."
fi
if [ -L "$link" ] && [ -d "$link" ]; then
  fail "$link leads to a folder, $(readlink -f "$link"). It is to lead to the program in it, $HOME/multi-git/multi-git. sudo rm $link takes the link away."
fi
found=$(type -P multi-git) || fail "None of the folders in PATH holds a multi-git. They are: ${PATH//:/, }."
[ "$(readlink -f "$found")" = "$(readlink -f multi-git/multi-git)" ] && exit 0
if [ -L "$found" ]; then
  fail "$found leads to $(readlink -f "$found"). It is to lead to $HOME/multi-git/multi-git. sudo rm $found takes the link away."
fi
fail "$found is a file of its own and no link: it would stay as it is when you build multi-git anew. Take it away by sudo rm $found, and make a link in its place."
