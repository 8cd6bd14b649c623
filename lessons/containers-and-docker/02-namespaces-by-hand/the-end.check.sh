# slipway: user=root
# Passes where neither the box nor its cable is there any more. The kernel takes a moment to clear a net namespace.
for process in $(first_processes); do
  [ "$(nsenter --uts="$process/ns/uts" hostname)" != box ] ||
    fail "The box is still there: $(cat "$process/comm") (process ${process#/proc/}) is process 1 in it."
done

for _ in {1..30}; do
  [ -e /sys/class/net/outer ] || exit 0
  sleep 0.1
done
for process in /proc/[0-9]*; do
  theirs=$(readlink "$process/ns/net")
  [ -n "$theirs" ] && [ "$theirs" != "$(readlink /proc/1/ns/net)" ] || continue
  [ -z "$(nsenter --net="$process/ns/net" ip -o link show inner 2> /dev/null)" ] ||
    fail "Process 1 of the box is gone, but $(cat "$process/comm") (process ${process#/proc/}) is still in its net namespace and keeps it. End that too."
done
fail "Process 1 of the box is gone, but “outer” is still there, and “inner” is not in the namespace of any process. sudo ip link delete outer removes both."
