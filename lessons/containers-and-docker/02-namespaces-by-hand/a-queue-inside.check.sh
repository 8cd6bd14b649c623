# slipway: user=root
# Passes where the ipc namespace of the box holds a message queue.
find_box

theirs() { nsenter --ipc="$box/ns/ipc" cat "/proc/sysvipc/$1" | tail -n +2; }
[ -z "$(theirs msg)" ] || exit 0

[ -z "$(theirs sem)$(theirs shm)" ] ||
  fail "In the ipc namespace of the box is a semaphore or shared memory, but no message queue: that is ipcmk --queue."
if awk 'NR > 1 && $8 == 0 { found = 1 } END { exit !found }' /proc/sysvipc/msg; then
  fail "Root has made a message queue in the ipc namespace of your container, not in that of the box. nsenter enters only the namespaces that it has an option for: --ipc."
fi
fail "The table of message queues is empty in the ipc namespace of the box, $(readlink "$box/ns/ipc")."
