# slipway: timeout=30
# Passes where the image mg:scratch holds an executable /multi-git that runs with nothing beside it.
image=mg:scratch
if ! docker image inspect "$image" > /dev/null 2>&1; then
  [ -e lean/multi-git ] || fail "There is no image $image yet, and no executable ~/lean/multi-git to put into it."
  [ -e lean/Dockerfile ] || fail "There is no image $image yet. The executable is there; what is missing is ~/lean/Dockerfile."
  others=$(docker images --format '{{.Repository}}:{{.Tag}}' | grep -v '<none>' | paste -sd ' ')
  fail "The executable and ~/lean/Dockerfile are there, but no image $image. Images that are there: ${others:-none}."
fi

megabytes=$(($(docker image inspect --format '{{.Size}}' "$image") / 1000000))
[ "$megabytes" -lt 12 ] || fail "$image has $megabytes MB. A program alone has 2 or 3: start from scratch, and copy nothing else."

# What it prints when it is called without a command.
said=$(timeout 15 docker run --rm --entrypoint /multi-git "$image" 2>&1)
case $said in
  *'usage: multi-git'* | *MG_ROOT*) exit 0 ;;
  *'stat /multi-git: no such file'*) fail "$image holds no file /multi-git. Behind COPY come the file’s name in your folder and then its path in the image." ;;
  *'/multi-git: no such file or directory'*) fail "/multi-git is in the image, but needs a loader and a C library, which are not. Compile it with CGO_ENABLED=0, and build again." ;;
  *'permission denied'* | *'is a directory'*) fail "/multi-git in the image cannot be executed. Is it the executable, and no folder? Compile it to ~/lean/multi-git." ;;
  *'exec format error'*) fail "/multi-git in the image is no executable of this machine. Compile it to ~/lean/multi-git, and build again." ;;
esac
fail "/multi-git runs in $image, but does not tell its usage when it is called without a command. It prints: $(head -1 <<< "$said" | head -c 200)"
