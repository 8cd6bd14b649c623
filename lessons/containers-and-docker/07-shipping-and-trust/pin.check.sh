# slipway: timeout=20
# Passes where shipping/pinned holds the name of the learner's image with a digest that the registry has.
manifest() {
  curl --silent --fail --max-time 5 --proxy localhost:3128 \
    --header 'Accept: application/vnd.docker.distribution.manifest.v2+json' "http://registry.local/v2/mine/ferry/manifests/$1"
}
name=registry.local/mine/ferry

expect_file shipping/pinned
pinned=$(tr -d '[:space:]' < shipping/pinned)
[ -n "$pinned" ] || fail "The file shipping/pinned is empty."
case $pinned in
  "$name@sha256:"*) ;;
  sha256:*) fail "There is a digest in shipping/pinned, but not of what: the name of the image and an @ come before it." ;;
  "$name:"*) fail "In shipping/pinned is a name with a tag, “$pinned”. A digest stands behind an @: $name@sha256:…" ;;
  *) fail "In shipping/pinned is “$pinned”. Expected was $name@sha256:… with the digest that the push printed." ;;
esac

digest=${pinned#*@}
[[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] ||
  fail "The digest in shipping/pinned is not whole: after “sha256:” it has 64 hexadecimal digits, and here are $((${#digest} - 7)) characters."
[ "$digest" != "$(docker image inspect --format '{{.Id}}' "$name:stable" 2> /dev/null)" ] ||
  fail "$digest is the ID of the image in your engine. The registry’s digest is another: docker push printed it, and it is in RepoDigests."
manifest "$digest" > /dev/null || fail "The class registry has no $name with the digest in shipping/pinned."
