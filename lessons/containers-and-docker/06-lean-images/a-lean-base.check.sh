# slipway: timeout=40
# Passes where the image mg:lean is below 100 MB, and runs git over the learner's repositories.
image=mg:lean
docker image inspect "$image" > /dev/null 2>&1 || fail "There is no image $image yet. Images called mg: $(docker images --format '{{.Repository}}:{{.Tag}}' mg | paste -sd ' ' | grep . || echo none)."

said=$(timeout 25 docker run --rm -v "$HOME/fleet:/repos:ro" --user "$(id -u):$(id -g)" -e MG_ROOT=/repos -e MG_REPOS=api,web,docs \
  "$image" rev-parse --is-inside-work-tree 2>&1)
case $said in
  *'exec: "git": executable file not found'*) fail "$image holds no git: multi-git finds the repositories there, and then no program of that name. Choose another base." ;;
  *'git: no such file or directory'*) fail "There is a git in $image, but not the libraries that it is linked with. Choose a base that brings it whole." ;;
  *'exec: "rev-parse"'*) fail "$image has no ENTRYPOINT, so arguments are taken for the name of a program. It is to be started like mg:scratch: the lines behind FROM stay the same." ;;
  *'exec: "'*) fail "$image does not start. The engine says: $(grep -o 'exec: ".*' <<< "$said" | head -1)" ;;
esac
expect_equal "$said" "$(printf '== %s\ntrue\n' api web docs)" "What $image prints when it asks git, in each repository, whether it is one"

megabytes=$(($(docker image inspect --format '{{.Size}}' "$image") / 1000000))
[ "$megabytes" -lt 100 ] || fail "$image works, and has $megabytes MB. One of the images in the table holds git and is far smaller than that."
