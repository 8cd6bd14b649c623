#!/bin/sh
# The outer half. sudo box/run.sh NAME COMMAND runs the command in a container of that name.
[ $# -ge 2 ] || { echo "usage: sudo box/run.sh NAME COMMAND" >&2; exit 2; }
cd "$(dirname "$0")" || exit
name=$1

exec unshare --mount --pid --fork --uts --ipc --net ./inside.sh "$@"
