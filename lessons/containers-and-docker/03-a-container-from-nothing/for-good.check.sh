# slipway: user=root timeout=20
# Passes where a container of run.sh is on box/rootfs, and entering its mnt namespace anew leads nowhere else.

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
# A mnt namespace of the check's own: whatever the scripts do, it is undone with it.
enter() { timeout --kill-after 1 5 unshare --mount box/run.sh check-one "$@" 2>&1; }

for script in box/run.sh box/inside.sh; do
  [ -x "$script" ] || fail "$script is missing, or may not be executed (chmod +x $script)."
done
rm -rf box/layers/check-one
seen=$(enter sh -c 'echo "as $$"; cat /proc/mounts')
status=$?
tidy() {
  rm -rf box/layers/check-one
  . box/cgroup.sh 2>/dev/null && rmdir "$groups/check-one" 2>/dev/null
}
case $seen in
  'as 1'*) ;;
  'as '*) tidy; fail "The command is not process 1 of its container. inside.sh has to become it, with exec." ;;
  *) tidy; fail "$(unrun "$status" "$seen")" ;;
esac

out=$(enter nsenter --mount=/proc/self/ns/mnt sh -c 'ls -d /etc/debian_version')
tidy
case $out in
  /etc/debian_version) fail "The command runs on your root file system, but the mnt namespace still has the root of your container: nsenter finds /etc/debian_version there." ;;
esac
mounts=$(awk '$1 ~ "^as" || $2 == "/" || $2 ~ "^/(proc|dev|sys|tmp|run)(/|$)" { next } { print $2; exit }' <<< "$seen")
case $mounts in
  '') ;;
  *) fail "The root is changed for good, but the old one can still be seen from inside: $mounts is mounted in there. It has to be unmounted." ;;
esac
