# Runs a command in a container of run.sh, in a mnt namespace of the check's own: whatever the scripts do, it is undone
# with it.
in_container() { timeout --kill-after 1 5 unshare --mount box/run.sh "$@" 2>&1; }

# What came of a container that did not run its command.
unrun() {
  local status=$1 said=$2
  case $status in
    124) status="had to be stopped after five seconds" ;;
    137) status="was killed, or had to be after five seconds" ;;
    *) status="ends with $status" ;;
  esac
  echo "sudo box/run.sh left sh does not get as far as its command. It says ${said:+“}${said:-nothing}${said:+”}, and $status."
}

# Takes away what containers of checks, whose names begin with check-, have left.
tidy() {
  rm -rf box/rootfs/from-check
  find box/layers -mindepth 1 -maxdepth 3 -name '*check-*' -prune -exec rm -rf {} + 2>/dev/null
  . box/cgroup.sh 2>/dev/null && rmdir "$groups/check-one" "$groups/check-two" 2>/dev/null
}

unfit() {
  tidy
  fail "$1"
}
