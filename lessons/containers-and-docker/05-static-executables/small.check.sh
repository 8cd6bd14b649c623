# Passes where ~/static/mg-small is multi-git, static, without symbol table and debug information.
program=static/mg-small

[ -f "$program" ] || fail "There is no ~/static/mg-small yet."
kind=$(file -b "$program")
case $kind in
  ELF*'dynamically linked'*) fail "~/static/mg-small is dynamically linked. It is to be static as well: CGO_ENABLED=0 goes before the command again." ;;
  ELF*) ;;
  *) fail "~/static/mg-small is no executable for Linux. What file says of it: “$(echo "$kind" | cut -c 1-80)”." ;;
esac
grep -aq MG_REPOS "$program" || fail "~/static/mg-small is not multi-git. Build it in ~/multi-git."
case $kind in
  *'with debug_info'*) fail "~/static/mg-small still has its debug information and its symbol table: $(stat -c %s "$program") bytes." ;;
  *'not stripped'*) fail "The debug information is gone from ~/static/mg-small, but its symbol table is still there: $(stat -c %s "$program") bytes." ;;
esac
