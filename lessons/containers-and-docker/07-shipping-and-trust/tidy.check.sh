# slipway: timeout=20
# Passes where neither the image harbour/logbook nor a container of it is left.
if ! list=$(docker ps --all --no-trunc --format '{{.Names}} {{.Image}} {{.Command}}' 2>&1); then
  fail "The engine does not answer: $list"
fi
names=$(grep -E '^[^ ]+ harbour/logbook|"logbook"$' <<< "$list" | cut -d ' ' -f 1)
images=$(docker images --quiet --no-trunc harbour/logbook | sort -u)
if [ -n "$names" ]; then
  [ -n "$images" ] || hint=' With the image gone, --filter ancestor finds them no more; docker rm takes names, too.'
  fail "Containers of harbour/logbook are still there, $(wc -l <<< "$names") in all: $(paste -sd ' ' <<< "$names").$hint"
fi
[ -z "$images" ] || fail "No container of harbour/logbook is left, but the image itself still is."
