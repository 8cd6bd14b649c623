# slipway: user=root
# Passes where a process named “box” by its host name is number 1 of its pid namespace, and in a net, ipc, uts and mnt
# namespace of its own as well. Of several candidates the one that came furthest gives the reason.
best=0
for process in $(first_processes); do
  look_at "$process" || continue
  if [ -n "$shared" ]; then
    rank=1
    found="$who is process 1 of a pid namespace of its own. It still shares these with your container:$shared. Leave it by exit, and start it with an option for each of them too."
  elif [ "$(readlink "$process/root/proc/1/ns/pid")" = "$(readlink /proc/1/ns/pid)" ]; then
    rank=2
    found="$who has all five namespaces, but its /proc is still that of your container: ps in there lists what is outside. Leave it by exit, and add --mount-proc."
  elif [ "$(readlink "$process/ns/user")" != "$(readlink /proc/1/ns/user)" ]; then
    rank=3
    found="$who has all five namespaces, and a user namespace as well, which comes later in this lesson. Leave it by exit, and start it with sudo and without --user."
  elif [ "$name" != box ]; then
    rank=4
    found="$who has all five namespaces. Its host name is “$name” and not “box”: type hostname box at its prompt."
  else
    exit 0
  fi
  [ "$rank" -lt "$best" ] || { best=$rank reason=$found; }
done
[ "$best" = 0 ] || fail "$reason"

# No process 1 of another pid namespace. A shell that asked for one without --fork is not in it itself.
for process in /proc/[0-9]*; do
  case $(cat "$process/comm") in bash | sh | dash) ;; *) continue ;; esac
  who="$(cat "$process/comm") (process ${process#/proc/})"
  [ "$(readlink "$process/ns/pid")" = "$(readlink "$process/ns/pid_for_children")" ] ||
    fail "$who has asked for a new pid namespace, but is not in it itself: only its children are. Leave it by exit, and add --fork."
  for type in net ipc uts mnt; do
    [ "$(readlink "$process/ns/$type")" = "$(readlink "/proc/1/ns/$type")" ] ||
      fail "$who is in a $type namespace of its own, but in the pid namespace of your container. Leave it by exit, and add --pid --fork --mount-proc."
  done
done
fail "Every shell that runs is in the pid namespace of your container, $(readlink /proc/1/ns/pid). None is process 1 of another."
