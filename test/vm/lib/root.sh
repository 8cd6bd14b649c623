# shellcheck shell=bash
# The Debian that boots: kernel, initrd and root disk, built once and kept under a digest of what goes into them.

# linux-image-cloud-amd64 has all that sandboxes need (overlay, loop, ext4 with idmapped mounts, fuse, tun, veth,
# nftables) and a fifth of the modules of linux-image-amd64. libstdc++6 is Node's only need beyond libc;
# dbus is how systemd-run and the runtimes' systemd mode reach PID 1.
readonly ROOT_PACKAGES=(
  linux-image-cloud-amd64 initramfs-tools
  systemd systemd-sysv udev dbus
  crun runc
  e2fsprogs iproute2 procps kmod
  libstdc++6 ca-certificates
)

# Sparse: what the host stores is what the VM's files need.
readonly ROOT_SIZE=16G

# root_digest: names the built root; changes with all that goes into it, save new versions of the same packages
root_digest() {
  {
    printf '%s\n' "$suite" "${ROOT_PACKAGES[@]}" "${packages[@]}" "$ROOT_SIZE"
    cat -- "$here/lib/root.sh" "$here"/guest/*
  } | sha256sum | cut -c 1-12
}

# build_root DIR: leaves disk.ext4, vmlinuz, initrd and packages.txt in DIR, unless an earlier run did
build_root() {
  local dir=$1 lock
  exec {lock}>"$cache/lock"
  flock --nonblock "$lock" || { progress 'waiting for another run that builds a root'; flock "$lock"; }

  if [[ -e $dir/disk.ext4 && $rebuild == no ]]; then
    progress "Debian $suite: as built before"
  else
    local tree=$run/root made=$run/made log
    log=$(log_file mmdebstrap)
    progress "Debian $suite: building (mmdebstrap)"
    install_tree "$tree" >"$log" 2>&1 || fail "mmdebstrap could not build Debian $suite" "$(tail -n 5 "$log")
    all of its output is in $log"

    progress "Debian $suite: making the disk"
    mkdir "$made"
    cp -- "$tree"/boot/vmlinuz-* "$made/vmlinuz"
    cp -- "$tree"/boot/initrd.img-* "$made/initrd"
    dpkg-query --admindir="$tree/var/lib/dpkg" --show >"$made/packages.txt"
    make_disk "$made/disk.ext4" slipway-root "$ROOT_SIZE" "$tree"
    rm -rf --one-file-system -- "$tree" "$dir"
    mv -- "$made" "$dir"
  fi
  exec {lock}>&-
}

# install_tree DIR: Debian with our packages and the files of guest/
install_tree() {
  local include
  include=$(IFS=, && printf '%s' "${ROOT_PACKAGES[*]}${packages[*]:+,${packages[*]}}")
  # The hook's "$1" is the root's directory; mmdebstrap lets a shell fill it in.
  # shellcheck disable=SC2016
  apt_sources | mmdebstrap --mode=root --variant=minbase --format=directory --include="$include" \
    --customize-hook="$(printf '%q %q "$1"' "$here/guest/install" "$here/guest")" "$suite" "$1" -
}

# apt_sources: sources.list lines for the suite, from the archives that this host's apt uses
apt_sources() {
  local key='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'
  local archive=$mirror security=
  if [[ -z $mirror ]]; then
    archive=$(host_archive Debian)
    security=$(host_archive Debian-Security)
    archive=${archive:-http://deb.debian.org/debian}
    security=${security:-http://deb.debian.org/debian-security}
  fi
  printf 'deb %s %s %s main\n' "$key" "$archive" "$suite" "$key" "$archive" "$suite-updates"
  if [[ -n $security ]]; then printf 'deb %s %s %s main\n' "$key" "$security" "$suite-security"; fi
}

# host_archive LABEL: address of the Debian archive with that label in this host's apt; nothing on other distributions
host_archive() {
  # shellcheck disable=SC2016 # apt fills these in
  apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    awk -F '|' -v label="$1" '$1 == "Debian" && $2 == label { sub("/$", "", $3); print $3; exit }'
}
