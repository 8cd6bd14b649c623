# slipway: timeout=40
# Passes where the build context of ~/multi-git holds the source, and neither the password nor the log: the engine is asked.
if [ ! -e multi-git/.dockerignore ]; then
  for wrong in .dockerignore lean/.dockerignore multi-git/dockerignore multi-git/.dockerignore.txt multi-git/.gitignore; do
    [ ! -e "$wrong" ] || fail "There is no file ~/multi-git/.dockerignore. There is ~/$wrong, which docker build does not look at."
  done
  fail "There is no file ~/multi-git/.dockerignore yet, so all that is in the folder goes into the context."
fi

if ! said=$(printf 'FROM scratch\nCOPY . /context/\n' | docker build --quiet -f - multi-git 2>&1); then
  case $said in
    *'no source files'*) fail "Nothing at all is left in the context: .dockerignore keeps everything out, go.mod and the Go files too." ;;
  esac
  fail "docker build cannot read the context: $(tail -1 <<< "$said" | head -c 300)"
fi
image=$(tail -1 <<< "$said")
container=$(docker create "$image" none)
context=$(docker export "$container" | tar -t | sed -n 's:^context/::p')
docker rm "$container" > /dev/null
docker rmi "$image" > /dev/null

holds() { grep -qxF "$1" <<< "$context"; }
for name in .env trace.log; do
  ! holds "$name" || found="$found $name"
done
[ -z "$found" ] || fail "Still in the context:$found."
for name in go.mod main.go repository.go; do
  [ ! -e "multi-git/$name" ] || holds "$name" || lacks="$lacks $name"
done
[ -z "$lacks" ] || fail "The password and the log stay out, but so does what is needed:$lacks."
