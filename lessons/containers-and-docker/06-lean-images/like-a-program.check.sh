# slipway: timeout=30
# Passes where the image's ENTRYPOINT is /multi-git alone and its CMD is status --short, both in the exec form.
image=mg:scratch
docker image inspect "$image" > /dev/null 2>&1 || fail "There is no image $image any more. Build it again, as in the task before."
form() { docker image inspect --format "{{json .Config.$1}}" "$image"; }
entrypoint=$(form Entrypoint)
cmd=$(form Cmd)

case $entrypoint in
  null | '[]')
    [ "$cmd" = null ] || fail "$image has a CMD, $cmd, and no ENTRYPOINT: arguments to docker run replace the whole of it. The program belongs into ENTRYPOINT."
    fail "$image has neither ENTRYPOINT nor CMD. If the two lines are in ~/lean/Dockerfile, build the image again."
    ;;
  '["/bin/sh","-c",'*) fail "ENTRYPOINT is in the shell form: the engine reads it as $entrypoint. Write it as a list, in brackets and double quotes." ;;
  *status*) fail "ENTRYPOINT is $entrypoint. What is in it is always run, so log -1 would come behind it. Put status and --short into CMD." ;;
esac
expect_equal "$entrypoint" '["/multi-git"]' "ENTRYPOINT of $image"

case $cmd in
  null | '[]') fail "$image has an ENTRYPOINT and no CMD, so docker run starts multi-git without arguments." ;;
  '["/bin/sh","-c",'*) fail "CMD is in the shell form: multi-git would get the arguments $cmd. Write it as a list, in brackets and double quotes." ;;
  '["/multi-git"'*) fail "CMD is $cmd. It comes behind the ENTRYPOINT, so multi-git would be its own first argument." ;;
  '["status --short"]') fail 'CMD is one word with a space in it, "status --short". Give each word quotes of its own.' ;;
esac
expect_equal "$cmd" '["status","--short"]' "CMD of $image"
