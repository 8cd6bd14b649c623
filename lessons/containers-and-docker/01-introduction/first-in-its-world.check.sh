# slipway: user=root
# Passes where a process is number 1 of another pid namespace than the container's own, and has a /proc of that namespace.
ours=$(readlink /proc/1/ns/pid)

for status in $(grep -slP '^NSpid:(\t\d+)+\t1$' /proc/[0-9]*/status); do
  process=${status%/status}
  [ "$(readlink "$process/root/proc/1/ns/pid")" = "$ours" ] || exit 0
  without_proc=$process
done
if [ -n "$without_proc" ]; then
  fail "$(cat "$without_proc/comm") is process 1 of a pid namespace of its own, but its /proc is still that of your container: ps in there lists what is outside. Leave it by exit, and add --mount-proc."
fi

# Without --fork the program stays where it is, and only its children are in the new namespace.
for process in /proc/[0-9]*; do
  here=$(readlink "$process/ns/pid")
  children=$(readlink "$process/ns/pid_for_children")
  [ -n "$here" ] && [ "$here" != "$children" ] || continue
  fail "$(cat "$process/comm") (process ${process#/proc/}) has asked for a new pid namespace, but is itself in that of your container: only its children are not. Leave it by exit, and add --fork."
done

fail "Every process of your container is in its own pid namespace, $ours. None is process 1 of another."
