# slipway: timeout=20
# Passes where neither the image harbour/logbook nor a container of it is left.
if ! list=$(docker ps --all --no-trunc --format '{{.Names}} {{.Image}} {{.Command}}' 2>&1); then
  fail "The engine does not answer: $list"
fi
names=$(grep -E '^[^ ]+ harbour/logbook|"logbook"$' <<< "$list" | cut -d ' ' -f 1)
if [ -n "$names" ]; then
  fail "Containers of harbour/logbook are still there, $(wc -l <<< "$names") in all: $(head -3 <<< "$names" | paste -sd ' ')$([ "$(wc -l <<< "$names")" -le 3 ] || echo ' …')"
fi
images=$(docker images --quiet --no-trunc harbour/logbook | sort -u)
[ -z "$images" ] || fail "No container of harbour/logbook is left, but the image itself still is."
