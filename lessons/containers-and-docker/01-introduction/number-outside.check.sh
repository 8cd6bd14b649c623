# slipway: user=root
# $ANSWER: the number that process 1 of another pid namespace has in the container's own.
answer=${ANSWER//[[:space:]]/}

inner=$(grep -slP '^NSpid:(\t\d+)+\t1$' /proc/[0-9]*/status)
[ -n "$inner" ] || fail "No shell is process 1 of a pid namespace of its own at the moment. Start one again in the second terminal, as in the task before."

[ -n "$answer" ] && [ -z "${answer//[0-9]/}" ] || fail "“$ANSWER” is not the number of a process."
[ "$answer" != 1 ] || fail "1 is its number inside. Out here, process 1 is $(cat /proc/1/comm)."
[ -d "/proc/$answer" ] || fail "No process has the number $answer out here."

for status in $inner; do
  [ "$status" != "/proc/$answer/status" ] || exit 0
done
numbers=$(awk '/^NSpid:/ { print NF - 1 }' "/proc/$answer/status")
case $numbers in
  1) fail "Process $answer is $(cat "/proc/$answer/comm"). It is in the pid namespace of your container alone, and has no second number." ;;
  *) fail "Process $answer is $(cat "/proc/$answer/comm"). It is in the inner pid namespace, but not as process 1." ;;
esac
