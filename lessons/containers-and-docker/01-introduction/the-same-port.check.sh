# slipway: user=root
# Passes where something listens on port 8080 in the container's own net namespace and in another one as well.
ours=$(readlink /proc/1/ns/net)
[ -n "$(ss -Hltn 'sport = :8080')" ] || fail "In the net namespace of your container nothing listens on port 8080 any more. Start the first server again, as in the task before."

for process in /proc/[0-9]*; do
  theirs=$(readlink "$process/ns/net")
  [ -n "$theirs" ] && [ "$theirs" != "$ours" ] || continue
  [ -z "$(nsenter --net="$process/ns/net" ss -Hltn 'sport = :8080')" ] || exit 0
  elsewhere=$process
done
[ -z "$elsewhere" ] || fail "$(cat "$elsewhere/comm") (process ${elsewhere#/proc/}) is in a net namespace of its own, but nothing listens on port 8080 in there."
fail "All processes are in the net namespace of your container, $ours. The second server needs another."
