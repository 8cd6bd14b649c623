# slipway: timeout=20
# Passes where the tag `stable` leads to another image than the one that shipping/pinned names, and the registry has both.
manifest() {
  curl --silent --fail --max-time 5 --proxy localhost:3128 \
    --header 'Accept: application/vnd.docker.distribution.manifest.v2+json' "http://registry.local/v2/mine/ferry/manifests/$1"
}
name=registry.local/mine/ferry
digest=$(tr -d '[:space:]' < shipping/pinned | sed 's/.*@//')

manifest "${digest:-none}" > /dev/null ||
  fail "shipping/pinned does not name an image that the class registry has. Without the first version there is nothing to compare with."
manifest stable > /dev/null || fail "The class registry has no $name:stable any more."
now=sha256:$(manifest stable | sha256sum | cut -d ' ' -f 1)
[ "$now" = "$digest" ] || exit 0

here=$(docker image inspect --format '{{join .RepoDigests " "}}' "$name:stable" 2> /dev/null)
[[ $here == *"$digest"* ]] ||
  fail "Your engine’s $name:stable is a new image, but the registry’s is still the first: the new one was not pushed."
if grep -q '07:40' shipping/ferry/timetable; then
  fail "The tag stable still leads to the image that you pinned, and the file shipping/ferry/timetable still says 07:40."
fi
fail "The tag stable still leads to the image that you pinned. The timetable has changed, but no image was built from it and pushed."
