# slipway: user=root
# $ANSWER: the number that the learner's user has outside of the container, by the container's own map.
answer=${ANSWER//[^0-9]/}
learner=$(stat -c %u .)
read -r inside outside length <<< "$(awk -v id="$learner" 'id >= $1 && id < $1 + $3' /proc/1/uid_map)"
[ -n "$answer" ] || fail "There is no number in “$ANSWER”."
[ "$answer" != $((outside + learner - inside)) ] || exit 0
[ "$answer" != "$learner" ] || fail "$learner is your number in your container. Asked for is the one outside of it."
[ "$answer" != "$outside" ] || fail "$outside is what the first number of the line, $inside, is outside: root. Yours is further up, as far as $learner is from $inside."
[ "$answer" != "$length" ] || fail "$length is how many numbers the line speaks for, not one of them."
fail "By /proc/self/uid_map of your container, number $learner is not $answer outside. The line reads: $inside $outside $length."
