# slipway: user=root
# Passes where one end of a veth pair, outer, is in the container's own net namespace, and the other, inner, in the box.
find_box

here() { ip -o link show "$1" 2> /dev/null; }
there() { nsenter --net="$box/ns/net" ip -o link show "$1" 2> /dev/null; }
if [ -n "$(here outer)" ] && [ -n "$(there inner)" ]; then
  ip -o -details link show outer | grep -qw veth || fail "There is an interface “outer”, but it is no veth: it has no other end. Remove it by sudo ip link delete outer, and make a pair."
  exit 0
fi
[ -z "$(here inner)" ] || [ -z "$(here outer)" ] ||
  fail "The pair is there, but both ends are out here. sudo ip link set inner netns ${box#/proc/} moves one of them to where the box is."
[ -z "$(there inner)" ] || [ -z "$(there outer)" ] ||
  fail "The pair is there, but both ends are in the box. Remove it in there by ip link delete outer, and make it in the terminal main."
[ -z "$(there outer)" ] || fail "The end that is called “outer” lies in the box. Remove it by ip link delete outer at its prompt, and make the pair in the terminal main."
[ -z "$(here outer)" ] || fail "“outer” is out here, but there is no “inner” in the box. Remove it by sudo ip link delete outer, and make the pair anew."
[ -z "$(there inner)" ] || fail "“inner” is in the box, but there is no “outer” out here."
names=$(ip -o link | awk -F ': ' '{ print $2 }' | paste -sd ' ')
fail "There is no interface “outer” out here. What there is: $names."
