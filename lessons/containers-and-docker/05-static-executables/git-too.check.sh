# slipway: user=root
# Passes where git runs in ~/static/alone, started by multi-git.
alone=$PWD/static/alone

[ -e "$alone/mg-static" ] || fail "There is no mg-static in ~/static/alone any more. Put it there again, as in the second task."
for file in code/api/.git dev/null; do
  [ -e "$alone/$file" ] || fail "There is no /$file in ~/static/alone any more, which multi-git needs to begin. The commands above make it."
done

out=$(MG_ROOT=/code MG_REPOS=api timeout 5 chroot "$alone" /mg-static version 2>&1 < /dev/null)
status=$?
case $out in
  *'git version '*) exit 0 ;;
  *'"git": executable file not found'*)
    found=$(find "$alone" -name git ! -path '*/code/*' -type f | head -1)
    [ -z "$found" ] || fail "There is a git in ~/static/alone, as ${found#"$alone"}, and multi-git does not find it: it looks in the folders of PATH, such as /usr/bin."
    fail "multi-git runs in ~/static/alone, but there is no git in there."
    ;;
  *'error while loading shared libraries: '*)
    library=${out#*error while loading shared libraries: }
    library=${library%%$'\n'*}
    case $library in
      *'cannot open shared object file: No such file'*) ;;
      *) fail "git is there, and so is its loader, which cannot use a library. It says: “$library”." ;;
    esac
    fail "git is there, and so is its loader. In ~/static/alone it does not find ${library%%:*}."
    ;;
  *'permission denied'*) fail "git in ~/static/alone, or its loader, may not be executed." ;;
  */git:*'no such file or directory'*)
    loader=$(file -b "$alone/usr/bin/git" | grep -o 'interpreter [^,]*' | cut -d ' ' -f 2)
    if [ -L "$alone$loader" ]; then
      fail "$loader in ~/static/alone is a link to $(readlink "$alone$loader"), which leads nowhere in there. Copy the file itself: cp does so without -a, -d or -P."
    fi
    fail "git is in ~/static/alone, but the kernel cannot start it: its loader, ${loader:-the interpreter that file names}, is not there."
    ;;
esac
fail "multi-git ends with $status in ~/static/alone, and git’s version is not printed. What is printed: “$(echo "$out" | grep -v '^==' | head -1 | cut -c 1-150)”."
