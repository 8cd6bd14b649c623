# slipway: timeout=60
# Passes where the image mg runs git over the repositories, is below 100 MB, and holds an executable that was compiled
# elsewhere than in the learner's shell.
image=mg:latest
if ! docker image inspect "$image" > /dev/null 2>&1; then
  [ -e multi-git/Dockerfile ] || fail "There is no file ~/multi-git/Dockerfile yet."
  fail "There is ~/multi-git/Dockerfile, but no image mg yet. Build it by docker build -t mg ~/multi-git, and read how that ends."
fi

megabytes=$(($(docker image inspect --format '{{.Size}}' "$image") / 1000000))
[ "$megabytes" -lt 300 ] || fail "The image mg has $megabytes MB: the compiler is in it. The image is what the last stage holds, so begin another one, from a lean base, behind the line RUN."

said=$(timeout 25 docker run --rm -v "$HOME/fleet:/repos:ro" --user "$(id -u):$(id -g)" -e MG_ROOT=/repos -e MG_REPOS=api,web,docs \
  "$image" rev-parse --is-inside-work-tree 2>&1)
case $said in
  *'exec: "git": executable file not found'*) fail "The image mg starts multi-git, but holds no git. Which base did mg:lean have?" ;;
  *'exec: "rev-parse"'*) fail "The image mg has no ENTRYPOINT. It belongs into the last stage: a stage takes over nothing from the one before, except by COPY --from." ;;
  *'exec: "'*) fail "The image mg does not start. The engine says: $(grep -o 'exec: ".*' <<< "$said" | head -1)" ;;
  *': no such file or directory'*) fail "The executable in the image mg needs a C library that is not there. Is CGO_ENABLED=0 in the line RUN?" ;;
esac
expect_equal "$said" "$(printf '== %s\ntrue\n' api web docs)" "What the image mg prints when it asks git, in each repository, whether it is one"

[ "$megabytes" -lt 100 ] || fail "The image mg works, and has $megabytes MB. With the base of mg:lean it has less than 100."

# An executable of Go's names the files that it was compiled from.
container=$(docker create "$image")
built=$(mktemp -d)
docker export "$container" | tar -x -C "$built" --wildcards '*/multi-git' 'multi-git' 2> /dev/null
docker rm "$container" > /dev/null
here=$(grep -rla "$HOME/multi-git/main.go" "$built")
rm -rf "$built"
[ -z "$here" ] || fail "The image mg works, but its executable was compiled in your shell, from $HOME/multi-git. It is to come from the first stage, by COPY --from."
