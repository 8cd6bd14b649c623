#!/bin/sh
# The inner half: run.sh starts it as process 1 of new namespaces, and it becomes the command.
[ $$ = 1 ] || { echo "inside.sh is started by run.sh, not by hand" >&2; exit 2; }
set -e
name=$1
shift
hostname "$name"
mkdir -p root

mount --bind rootfs root
mount -t proc proc root/proc

exec chroot root "$@"
