# slipway: user=root
# Passes where /mnt is mounted, and holds the file `secret`, in another mnt namespace than the container's own alone.
ours=$(readlink /proc/1/ns/mnt)
if grep -q '^[^ ]* /mnt ' /proc/1/mounts; then
  fail "/mnt is mounted in the mnt namespace of your container, where both of your terminals see it. Undo that by sudo umount /mnt, and mount again at the prompt of the new shell."
fi

for process in /proc/[0-9]*; do
  theirs=$(readlink "$process/ns/mnt")
  [ -n "$theirs" ] && [ "$theirs" != "$ours" ] || continue
  shell="$(cat "$process/comm") (process ${process#/proc/})"
  grep -q '^[^ ]* /mnt ' "$process/mounts" || continue
  [ ! -e "$process/root/mnt/secret" ] || exit 0
  content=$(ls -A "$process/root/mnt" | paste -sd ' ')
  fail "$shell sees a mount of its own on /mnt. There is no file “secret” in it; what is there: ${content:-nothing}."
done
[ -z "$shell" ] || fail "$shell is in a mnt namespace of its own, but nothing is mounted on /mnt in there."
fail "All processes are in the mnt namespace of your container, $ours. None has one of its own."
