# slipway: user=root timeout=30
# Passes where Docker's container by-docker runs from my-rootfs as it was asked for.
# Asking the engine would start it.
[ -n "$(pgrep --exact dockerd)" ] || fail "The engine does not run, so there is no container by-docker."
docker image inspect my-rootfs >/dev/null 2>&1 || fail "There is no image my-rootfs."
container=$(docker inspect by-docker 2>/dev/null) || {
  others=$(docker ps --all --format '{{.Names}}' | paste -sd ' ')
  fail "The image is there, but no container by-docker. Containers that Docker knows: ${others:-none}."
}
has() { jq -r ".[0] | .$1" <<< "$container"; }

[ "$(has State.Running)" = true ] ||
  fail "The container by-docker has ended, with $(has State.ExitCode). $(has State.Error)"
[[ "$(has Config.Image)" =~ ^my-rootfs(:latest)?$ ]] || fail "The container by-docker was made from the image $(has Config.Image), not from my-rootfs."
expect_equal "$(has 'Path + " " + (.Args | join(" "))')" "sleep 100000" "The command of by-docker"
expect_equal "$(has Config.Hostname)" by-docker "The host name in by-docker"
expect_equal "$(has HostConfig.Memory)" 33554432 "The memory limit of by-docker in bytes (0 is none)"
[ "$(has HostConfig.ReadonlyRootfs)" = true ] || fail "The root of by-docker can be written to. Remove it by docker rm --force by-docker, and start it read-only."
