# slipway: user=root
# $ANSWER: the types of namespaces that the box and the container have in common, in any order.
find_box

named=0
for word in $(tr '[:upper:]' '[:lower:]' <<< "$ANSWER" | tr -cs 'a-z_' ' '); do
  word=${word%_for_children}
  case $word in
    mount) word=mnt ;;
    network) word=net ;;
  esac
  case $word in
    cgroup | ipc | mnt | net | pid | time | user | uts) ;;
    *) continue ;;
  esac
  named=1
  ours=$(readlink "/proc/1/ns/$word")
  theirs=$(readlink "$box/ns/$word")
  [ "$ours" = "$theirs" ] || fail "$word is not shared: your shell is in $ours, the box in $theirs."
  said="$said $word "
done
[ "$named" = 1 ] || fail "“$ANSWER” names no type of namespace, such as pid or net."

for type in cgroup ipc mnt net pid time user uts; do
  [ "$(readlink "/proc/1/ns/$type")" = "$(readlink "$box/ns/$type")" ] || continue
  [[ $said == *" $type "* ]] || missing=$((missing + 1))
done
[ -z "$missing" ] || fail "What you named is right, but there is more. Still to be found: $missing."
