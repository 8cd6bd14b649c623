# slipway: timeout=20
# Passes where the tag `stable` of registry.local/mine/ferry leads to an image that prints the timetable.
ask() {
  curl --silent --fail --max-time 5 --proxy localhost:3128 \
    --header 'Accept: application/vnd.docker.distribution.manifest.v2+json' "http://registry.local/v2/mine/ferry/$1"
}
name=registry.local/mine/ferry

if ! manifest=$(ask manifests/stable); then
  tags=$(ask tags/list | jq --raw-output '.tags // [] | join(", ")')
  [ -z "$tags" ] || fail "The class registry has $name, but not with the tag stable. Tags that it has: $tags."
  docker image inspect "$name:stable" > /dev/null 2>&1 ||
    fail "The class registry has no $name:stable, nor does your engine have an image of that name to push."
  fail "Your engine has an image called $name:stable, and the class registry does not: it was not pushed yet."
fi
command=$(ask "blobs/$(jq --raw-output .config.digest <<< "$manifest")" | jq --raw-output '.config.Cmd // [] | join(" ")')
[ "$command" = 'cat /timetable' ] ||
  fail "The registry’s $name:stable was not built from the folder shipping/ferry: its command is “$command”, and there “cat /timetable”."
