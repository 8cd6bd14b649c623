# slipway: user=root timeout=20
# Passes where a container of run.sh is on box/rootfs, and entering its mnt namespace anew leads nowhere else.

for script in box/run.sh box/inside.sh; do
  [ -x "$script" ] || fail "$script is missing, or may not be executed (chmod +x $script)."
done
tidy
seen=$(in_container check-one sh -c 'echo "as $$"; cat /proc/mounts')
status=$?
case $seen in
  'as 1'*) ;;
  'as '*) tidy; fail "The command is not process 1 of its container. inside.sh has to become it, with exec." ;;
  *) tidy; fail "$(unrun "$status" "$seen")" ;;
esac

out=$(in_container check-one nsenter --mount=/proc/self/ns/mnt sh -c 'ls -d /etc/debian_version')
tidy
case $out in
  /etc/debian_version) fail "The command runs on your root file system, but the mnt namespace still has the root of your container: nsenter finds /etc/debian_version there." ;;
esac
mounts=$(awk '$1 ~ "^as" || $2 == "/" || $2 ~ "^/(proc|dev|sys|tmp|run)(/|$)" { next } { print $2; exit }' <<< "$seen")
case $mounts in
  '') ;;
  *) fail "The root is changed for good, but the old one can still be seen from inside: $mounts is mounted in there. It has to be unmounted." ;;
esac
