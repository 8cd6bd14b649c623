# shellcheck shell=bash
# What this host must have: root, amd64, a few Debian packages, the checkout's npm packages.

# What must be there | the Debian package that has it | what it is for
readonly NEEDS='
/usr/bin/qemu-system-x86_64|qemu-system-x86|emulates the machine
/usr/bin/mmdebstrap|mmdebstrap|builds the Debian that boots in it
/usr/share/keyrings/debian-archive-keyring.gpg|debian-archive-keyring|checks the signatures of what is downloaded for it
/usr/sbin/mke2fs|e2fsprogs|makes its disks from directories, without mounting them
/usr/bin/git|git|lists the files of the checkout
'

# check_host: ends the script with a reason unless all is there; installs packages only with --install
check_host() {
  ((EUID == 0)) || fail 'must be run as root' 'only root can read the sandbox images and give the files in the VM their owners'
  [[ $(uname -m) == x86_64 ]] || fail "this host is $(uname -m), the VM is x86_64" 'native programs in node_modules and build would not run in it'
  [[ -e $checkout/node_modules/.bin/node ]] || fail 'node_modules is not there' 'run npm ci first'

  local path package why missing=()
  while IFS='|' read -r path package why; do
    [[ -n $path && ! -e $path ]] || continue
    printf '  needs %-24s %s\n' "$package" "$why" >&2
    missing+=("$package")
  done <<<"$NEEDS"
  ((${#missing[@]})) || return 0

  local apt=(apt-get install --yes --no-install-recommends "${missing[@]}")
  [[ $install == yes ]] || fail "missing Debian packages: ${missing[*]}" "test/vm/run --install, or: ${apt[*]}"
  progress "installing ${missing[*]}"
  { apt-get update --quiet && DEBIAN_FRONTEND=noninteractive "${apt[@]}"; } >"$(log_file apt)" 2>&1 ||
    fail "apt could not install ${missing[*]}" "its output is in $(log_file apt)"
}

# log_file NAME: where the output of a tool goes that is of interest only when it fails
log_file() {
  mkdir -p "$cache"
  printf '%s/%s.log' "$cache" "$1"
}
