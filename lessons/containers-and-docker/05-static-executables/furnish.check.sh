# slipway: user=root
# Passes where multi-git, dynamically linked, runs in ~/static/root.
root=$PWD/static/root
program=$root/mg-dynamic

[ -f "$program" ] || fail "There is no mg-dynamic in ~/static/root."
kind=$(file -b "$program")
case $kind in
  *'dynamically linked'*) ;;
  *'statically linked'*) fail "mg-dynamic in ~/static/root is statically linked, so it needs nothing else. This task is about one that does: copy ~/static/mg-dynamic again." ;;
  *) fail "mg-dynamic in ~/static/root is no dynamically linked program. What file says of it: “$(echo "$kind" | cut -c 1-80)”." ;;
esac

out=$(timeout 5 chroot "$root" /mg-dynamic 2>&1 < /dev/null)
status=$?
case $out in
  usage:* | *multi-git*) exit 0 ;;
  *'error while loading shared libraries: '*)
    library=${out#*error while loading shared libraries: }
    case $library in
      *'cannot open shared object file: No such file'*) ;;
      *) fail "The loader runs, but cannot use the library. It says: “$library”." ;;
    esac
    fail "The loader runs, and does not find ${library%%:*} in ~/static/root, where it looks as it does on your machine: at the path that ldd shows."
    ;;
  *'Permission denied'*) fail "Something in ~/static/root may not be executed, mg-dynamic or its loader: $(find "$root" -type f ! -perm -1 | head -3 | paste -sd ' ')." ;;
  *'No such file or directory'*)
    loader=$(echo "$kind" | grep -o 'interpreter [^,]*' | cut -d ' ' -f 2)
    if [ -L "$root$loader" ]; then
      fail "$loader in ~/static/root is a link to $(readlink "$root$loader"), which leads nowhere in there. Copy the file itself: cp does so without -a, -d or -P."
    fi
    fail "The kernel does not find the loader: in ~/static/root there is no $loader."
    ;;
esac
fail "mg-dynamic ends with $status in ~/static/root, and does not print how it is used. What it prints: “$(echo "$out" | head -1 | cut -c 1-150)”."
