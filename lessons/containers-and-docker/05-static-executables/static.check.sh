# slipway: user=root
# Passes where ~/static/mg-static is static, and runs in ~/static/alone.
built=$PWD/static/mg-static
alone=$PWD/static/alone

static() { # FILE NAME: fails where it is no static program for this machine
  local kind
  kind=$(file -b "$1")
  case $kind in
    ELF*'statically linked'* | ELF*'static-pie linked'*) ;;
    *'dynamically linked'*) fail "$2 is dynamically linked: it asks for the $(echo "$kind" | grep -o 'interpreter [^,]*'). It was built with cgo." ;;
    *) fail "$2 is no executable for Linux. What file says of it: “$(echo "$kind" | cut -c 1-80)”." ;;
  esac
}

[ -f "$built" ] || fail "There is no ~/static/mg-static yet."
static "$built" "~/static/mg-static"
[ -d "$alone" ] || fail "~/static/mg-static is static. What is missing is the folder ~/static/alone, to be its root."
[ -f "$alone/mg-static" ] || fail "~/static/mg-static is static. In ~/static/alone there is no copy of it; what is there: $(ls -A "$alone" | paste -sd ' ' | grep . || echo nothing)."
static "$alone/mg-static" "The copy in ~/static/alone"

out=$(timeout 5 chroot "$alone" /mg-static 2>&1 < /dev/null)
status=$?
case $out in
  usage:* | *multi-git*) exit 0 ;;
  *'Permission denied'*) fail "mg-static in ~/static/alone may not be executed: its mode is $(stat -c %A "$alone/mg-static")." ;;
esac
fail "mg-static ends with $status in ~/static/alone, and does not print how it is used. What it prints: “$(echo "$out" | head -1 | cut -c 1-150)”."
