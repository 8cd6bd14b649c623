# slipway: user=root timeout=20
# Passes where each container of run.sh is in a memory group of its own, limited to 32 MiB.
. box/cgroup.sh 2>/dev/null
[ -n "$groups" ] && [ -n "$max" ] || fail "box/cgroup.sh does not set the variables groups and max any more."

# The memory group in a list of control groups, as a path below $groups.
memory() { sed -n 's/^[0-9]*:\(memory\|[^:]*,memory\|memory,[^:]*\):\(.*\)/\2/p; t; s/^0::\(.*\)/unified \1/p' | sort | head -1; }

said=$(in_container check-one cat /proc/self/cgroup)
status=$?
one=$(memory <<< "$said")
[ -n "$one" ] || unfit "$(unrun "$status" "$said")"
one=${one#unified }
ours=$(memory < /proc/self/cgroup)
ours=${ours#unified }
[ "$one" != "$ours" ] ||
  unfit "The container is in the same group as your shell, $ours. run.sh has to write its own number, \$\$, to cgroup.procs of a group that it made."
two=$(in_container check-two cat /proc/self/cgroup | memory)
[ "$one" != "${two#unified }" ] || unfit "Two containers are in one group, $one. Each needs a group that is called like it."

limit=$(cat "$groups$one/$max")
case $limit in
  max | ????????????????*) unfit "The container is in the group $one, which has no limit." ;;
esac
tidy
expect_equal "$limit" 33554432 "The limit of a container’s group in bytes"
