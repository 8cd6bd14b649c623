# slipway: user=root timeout=20
# Passes where both ends have their address and are switched on, and a ping comes back.
find_box

# An end of the cable: its name, its address, where it is in words, and the command that looks there.
look() {
  local name=$1 address=$2 where=$3
  shift 3
  [ -n "$("$@" ip -o link show "$name" 2> /dev/null)" ] || fail "There is no interface “$name” $where. Lay the cable first, as in the task before."
  local addresses
  addresses=$("$@" ip -o -4 address show dev "$name" | awk '{ print $4 }')
  grep -qxF "$address" <<< "$addresses" ||
    expect_equal "${addresses:-none}" "$address" "The address of $name $where"
  "$@" ip -o link show "$name" | grep -q '[<,]UP[,>]' || fail "$name, $where, has its address but is switched off: ip link set $name up, as root."
}
look outer 10.77.0.1/24 'out here'
look inner 10.77.0.2/24 'in the box' nsenter --net="$box/ns/net"
ping -c 5 -i 0.3 -W 2 10.77.0.2 > /dev/null || fail "Both ends have their addresses and are switched on, but nothing answers at 10.77.0.2. Are they two ends of one pair? ip link delete outer and the task before begin anew."
