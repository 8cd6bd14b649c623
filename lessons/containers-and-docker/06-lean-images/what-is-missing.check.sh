# slipway: timeout=30
# Passes where the image lookout finds certificates and time zones, and is hardly larger than the program and these.
docker image inspect lookout > /dev/null 2>&1 || fail "There is no image lookout. Build it by docker build -t lookout ~/lookout."
said=$(timeout 20 docker run --rm lookout 2>&1)
status=$?
case $said in
  *'certificates:'*) ;;
  *) fail "The image lookout does not start the program any more. The engine says: $(grep . <<< "$said" | head -1 | head -c 300)" ;;
esac
case $said in
  *'certificates: none'*'unknown time zone'*) fail "lookout finds neither certificates nor time zones. If the Dockerfile has them, build the image again: docker build -t lookout ~/lookout." ;;
  *'certificates: none'*) fail "lookout finds time zones, but no certificates. It looks for the file /etc/ssl/certs/ca-certificates.crt. Behind COPY, a folder as the target ends in /." ;;
  *'unknown time zone'*) fail "lookout finds certificates, but no time zones. It looks in the folder /usr/share/zoneinfo, which has folders such as Asia in it." ;;
esac
[ "$status" -eq 0 ] || fail "lookout ended with $status. It prints: $(tail -1 <<< "$said" | head -c 300)"
bytes=$(docker image inspect --format '{{.Size}}' lookout)
[ "$bytes" -lt 10000000 ] || fail "lookout finds both, and has $((bytes / 1000000)) MB. It is to start from scratch, with the two copied from other images."
