# slipway: user=root
# Passes where box/rootfs is a root in which the commands that the lesson needs can be started.
root=box/rootfs
[ -d "$root" ] || fail "There is no folder $root in your home directory."

# Where a link in the root leads to, as seen from inside.
inside() {
  local path=$1 target
  target=$(readlink "$root$path") || { echo "$path"; return; }
  case $target in
    /*) echo "$target" ;;
    *) echo "${path%/*}/$target" ;;
  esac
}

[ -e "$root/bin/busybox" ] || fail "There is no program $root/bin/busybox."
[ -x "$root/bin/busybox" ] || fail "$root/bin/busybox may not be executed. chmod +x makes it a program."
problem=$(chroot "$root" /bin/busybox true 2>&1) || fail "$root/bin/busybox does not start from inside: $problem."

for name in sh ls mount umount nsenter awk sleep head; do
  path=/bin/$name
  [ -e "$root$path" ] || [ -L "$root$path" ] || { missing="$missing $name"; continue; }
  target=$(inside "$path")
  [ -x "$root$target" ] ||
    fail "$root$path is a link to $target, and from inside there is no such file. Delete all links (find $root/bin -type l -delete), and have them made from inside the new root."
done
[ -z "$missing" ] || fail "busybox is there, but $root/bin has no links for some of its commands:$missing."

for name in dev proc sys old; do
  [ -d "$root/$name" ] || lacking="$lacking $name"
done
[ -z "$lacking" ] || fail "The commands are there. In $root there is no folder:$lacking."
