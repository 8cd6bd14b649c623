# slipway: user=root
# Passes where the learner has started, without root's help, a process that is root and number 1 in its own world, has
# the host name “raft” and a file system in memory on /mnt. Of several candidates the one that came furthest counts.
learner=$(stat -c %u .)
best=0
for process in $(first_processes); do
  look_at "$process" || continue
  if [ "$(readlink "$process/ns/user")" = "$(readlink /proc/1/ns/user)" ]; then
    rank=1
    found="$who is process 1 of a pid namespace, but in the user namespace of your container: the root in there is the root out here. Leave it by exit, and start it without sudo and with --user --map-root-user."
  elif [ "$(awk '/^Uid:/ { print $2 }' "$process/status")" != "$learner" ]; then
    rank=2
    found="$who is in a user namespace of its own, but it was root who started it. Leave it by exit, and start it without sudo, at a prompt that ends in \$."
  elif ! awk '$1 == 0 { found = 1 } END { exit !found }' "$process/uid_map"; then
    rank=3
    found="$who is in a user namespace of its own, but nobody is root there: no number outside stands for 0. Leave it by exit, and add --map-root-user."
  elif [ -n "$shared" ]; then
    rank=4
    found="$who is root in a user namespace of its own. It still shares these with your container:$shared. Leave it by exit, and start it with an option for each of them too."
  elif [ "$(readlink "$process/root/proc/1/ns/pid")" = "$(readlink /proc/1/ns/pid)" ]; then
    rank=5
    found="$who has all the namespaces, but its /proc is still that of your container. Leave it by exit, and add --mount-proc."
  elif [ "$name" != raft ]; then
    rank=6
    found="$who is root in its own world. Its host name is “$name” and not “raft”: type hostname raft at its prompt."
  elif ! grep -q '^[^ ]* /mnt tmpfs ' "$process/mounts"; then
    rank=7
    found="$who is root in its own world, and its host name is right. Nothing in memory is mounted on /mnt in there yet: mount -t tmpfs none /mnt, at its prompt."
  else
    exit 0
  fi
  [ "$rank" -lt "$best" ] || { best=$rank reason=$found; }
done
[ "$best" = 0 ] || fail "$reason"

for process in /proc/[0-9]*; do
  theirs=$(readlink "$process/ns/user")
  [ -n "$theirs" ] && [ "$theirs" != "$(readlink /proc/1/ns/user)" ] || continue
  fail "$(cat "$process/comm") (process ${process#/proc/}) is in a user namespace of its own, but not process 1 of a pid namespace. Leave it by exit, and add --pid --fork --mount-proc and the rest."
done
fail "Every process is in the user namespace of your container, $(readlink /proc/1/ns/user). None is root in one of its own."
