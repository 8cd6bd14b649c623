# slipway: user=root timeout=20
# Passes where each container of run.sh is in a memory group of its own, limited to 32 MiB.
. box/cgroup.sh 2>/dev/null
[ -n "$groups" ] && [ -n "$max" ] || fail "box/cgroup.sh does not set the variables groups and max any more."

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
# The memory group of the container of this name, as a path below $groups.
group_of() {
  timeout --kill-after 1 5 unshare --mount box/run.sh "$1" cat /proc/self/cgroup 2>&1
}
tidy() {
  rm -rf box/layers/check-one box/layers/check-two
  rmdir "$groups/check-one" "$groups/check-two" 2>/dev/null
}
unfit() {
  tidy
  fail "$1"
}
memory() { sed -n 's/^[0-9]*:\(memory\|[^:]*,memory\|memory,[^:]*\):\(.*\)/\2/p; t; s/^0::\(.*\)/unified \1/p' | sort | head -1; }

said=$(group_of check-one)
status=$?
one=$(memory <<< "$said")
[ -n "$one" ] || unfit "$(unrun "$status" "$said")"
one=${one#unified }
ours=$(memory < /proc/self/cgroup)
ours=${ours#unified }
[ "$one" != "$ours" ] ||
  unfit "The container is in the same group as your shell, $ours. run.sh has to write its own number, \$\$, to cgroup.procs of a group that it made."
two=$(group_of check-two | memory)
[ "$one" != "${two#unified }" ] || unfit "Two containers are in one group, $one. Each needs a group that is called like it."

limit=$(cat "$groups$one/$max")
case $limit in
  max | ????????????????*) unfit "The container is in the group $one, which has no limit." ;;
esac
tidy
expect_equal "$limit" 33554432 "The limit of a container’s group in bytes"
