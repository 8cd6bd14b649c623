# slipway: user=root timeout=30
# Passes where runc's container by-runc runs from box, with the host name and the limit that were asked for.
state=$(runc state by-runc 2>/dev/null) || {
  others=$(runc list --quiet 2>/dev/null | paste -sd ' ')
  fail "runc knows no container by-runc. Those that it knows: ${others:-none}."
}
status=$(jq -r .status <<< "$state")
[ "$status" = running ] ||
  fail "The container by-runc is $status. Remove it by sudo runc delete --force by-runc, and start it with a command that goes on."
pid=$(jq -r .pid <<< "$state")

expect_equal "$(tr '\0' ' ' < "/proc/$pid/cmdline")" "sleep 100000 " "The command of by-runc"
expect_equal "$(nsenter --uts --target "$pid" hostname)" by-runc "The host name in by-runc"

. box/cgroup.sh
group=$(awk -F: '$2 == "memory" { print $3; found = 1 } $1 == 0 { unified = $3 } END { if (!found) print unified }' "/proc/$pid/cgroup")
limit=$(cat "$groups$group/$max" 2>/dev/null)
case $limit in
  '' | max | ????????????????*) limit="no limit" ;;
esac
expect_equal "$limit" 33554432 "The memory limit of by-runc in bytes"
