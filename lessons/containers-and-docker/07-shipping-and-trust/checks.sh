# logbook_refused LINES: passes where a container of harbour/logbook did its work, and its report says no to all of these,
# which are the beginnings of its lines with | between them. Of several containers the latest gives the reason.
logbook_refused() {
  local refused=$1 containers container report able worked refusals wanted reason name state code error

  if ! containers=$(docker ps --all --quiet --filter ancestor=harbour/logbook 2>&1); then
    fail "The engine does not answer: $containers"
  fi
  [ -n "$containers" ] ||
    fail "There is no container of harbour/logbook. Run one without --rm: with it, a container that has ended is gone, and its report too."

  for container in $containers; do
    report=$(docker logs "$container" 2>&1)
    able=$(grep -E "^  yes  ($refused)" <<< "$report" | sed 's/^  yes  //' | paste -sd ';' | sed 's/;/, /g')
    worked=$(grep -c '^logbook: [1-9][0-9]* arrivals' <<< "$report")
    refusals=$(grep -cE "^  no   ($refused)" <<< "$report")
    wanted=$(tr '|' '\n' <<< "$refused" | wc -l)
    [ "$worked" = 0 ] || [ "$refusals" -lt "$wanted" ] || exit 0
    [ -z "$reason" ] || continue

    read -r name state code error <<< "$(docker inspect --format '{{.Name}} {{.State.Status}} {{.State.ExitCode}} {{.State.Error}}' "$container")"
    name="Your latest container of harbour/logbook, ${name#/},"
    if [ "$state" = running ]; then
      reason="$name still runs."
    elif [ "$state" = created ]; then
      reason="$name did not start${error:+: $error}"
    elif [ "$worked" = 0 ]; then
      reason="$name did not do its work. It ended with $code${report:+ and said: ${report%%$'\n'*}}"
    elif [ -n "$able" ]; then
      reason="$name did its work, and could still: $able."
    else
      reason="$name did its work, but ended before its report was whole."
    fi
  done
  fail "$reason"
}
