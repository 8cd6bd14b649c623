# The processes that are number 1 of a pid namespace other than the container's own: /proc/N, one a line.
first_processes() { grep -slP '^NSpid:(\t\d+)+\t1$' /proc/[0-9]*/status | sed 's|/status$||'; }

# look_at /proc/N: who that is, its host name, and which namespaces it shares with the container (who, name, shared). False
# for one that has ended, and for the first process of an engine's container.
look_at() {
  [ -n "$(readlink "$1/ns/net")" ] && ! grep -q /docker/ "$1/cgroup" || return 1
  who="$(cat "$1/comm") (process ${1#/proc/})"
  shared=
  for type in net ipc uts mnt; do
    [ "$(readlink "$1/ns/$type")" != "$(readlink "/proc/1/ns/$type")" ] || shared="$shared $type"
  done
  name=$(nsenter --uts="$1/ns/uts" hostname)
}

# Sets `box` to /proc/N of the box’s first process. Fails where there is none.
find_box() {
  for process in $(first_processes); do
    [ "$(nsenter --uts="$process/ns/uts" hostname)" != box ] || box=$process
  done
  [ -n "$box" ] || fail "There is no box at the moment: no process 1 of another pid namespace has the host name “box”. Build it again, as in the first task."
}
