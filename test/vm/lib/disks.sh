# shellcheck shell=bash
# The disks that differ from run to run: the checkout with its command, node_modules, the sandbox images.
# Each is an ext4 file written by mke2fs from a directory: nothing is mounted, owners and modes are kept.
# The VM may write to all of them; they go with the run.

# make_disk FILE LABEL SIZE DIRECTORY
make_disk() {
  local inodes
  # All files of the directory, and as many again for what the VM makes.
  inodes=$(find "$4" | wc -l)
  truncate --size="$3" "$1"
  mke2fs -q -t ext4 -L "$2" -N $((2 * inodes + 65536)) -m 0 -d "$4" "$1" >"$(log_file mke2fs)" 2>&1 ||
    fail "mke2fs could not make a disk of $4" "$(tail -n 3 "$(log_file mke2fs)")"
}

# size_for DIRECTORY: MiB that hold its files and as much again, at least 1 GiB more; sparse, so generous
size_for() { printf '%dM' $((2 * $(du -sm "$1" | cut -f 1) + 1024)); }

# make_disks DIR: writes job.ext4, modules.ext4, images.ext4 and class.ext4 into DIR
make_disks() {
  local srv=$1/srv empty=$1/empty
  mkdir -p "$srv/slipway/node_modules" "$srv/job" "$empty"

  copy_checkout "$srv/slipway"
  printf '%q ' exec "${command[@]}" >"$srv/job/command"
  job_environment >"$srv/job/environment"
  progress "disks: checkout $(du -sh "$srv" | cut -f 1), node_modules $(du -sh "$checkout/node_modules" | cut -f 1)"
  make_disk "$1/job.ext4" slipway-job "$(size_for "$srv")" "$srv"
  make_disk "$1/modules.ext4" slipway-modules "$(size_for "$checkout/node_modules")" "$checkout/node_modules/"

  if [[ -d $images ]]; then
    progress "disks: sandbox images $(du -sh "$images" | cut -f 1) from $images"
    make_disk "$1/images.ext4" slipway-images "$(size_for "$images")" "$images/"
  else
    progress "disks: no sandbox images in $images, the VM gets none"
    make_disk "$1/images.ext4" slipway-images 64M "$empty"
  fi
  # The class registry's, which a server keeps beside them.
  local class=${images%/}/../registry-images
  if [[ ! -d $class ]]; then class=$empty; fi
  make_disk "$1/class.ext4" slipway-class "$(size_for "$class")" "$class/"
  rm -rf --one-file-system -- "$srv" "$empty"
}

# copy_checkout DIR: what git knows or would add, and build/ (native program, site) without our own part of it
copy_checkout() {
  local path
  (
    cd -- "$checkout"
    # Files that were deleted but are still in the index do not exist.
    git ls-files -z --cached --others --exclude-standard --deduplicate |
      while IFS= read -r -d '' path; do
        if [[ -e $path || -L $path ]]; then printf '%s\0' "$path"; fi
      done |
      xargs -0 --no-run-if-empty cp --archive --parents --target-directory="$1"
    mkdir -p "$1/build"
    find build -mindepth 1 -maxdepth 1 ! -name vm -print0 |
      xargs -0 --no-run-if-empty cp --archive --target-directory="$1/build"
  ) || fail 'the checkout could not be copied'
}

# job_environment: the command's environment and what the VM must know about this run, as systemd's EnvironmentFile has it
job_environment() {
  # Not SLIPWAY_*: those are settings.
  printf '%s\n' HOME=/root LANG=C.UTF-8 \
    PATH=/srv/slipway/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  # The command writes to a pipe whatever our own stdout is.
  if [[ $terminal == no ]]; then printf 'NO_COLOR=1\n'; fi
  if [[ -d $images ]]; then stat --format='VM_IMAGES_MODE=%a' "$images"; fi
  if [[ $shell == yes ]]; then
    printf 'TERM=%s\n' "${TERM:-linux}"
    # A serial line cannot tell its size.
    stty size </dev/tty 2>/dev/null | awk '{ printf "VM_ROWS=%d\nVM_COLUMNS=%d\n", $1, $2 }'
  fi
}
