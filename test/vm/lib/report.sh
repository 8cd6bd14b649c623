# shellcheck shell=bash
# What the caller reads on stderr: progress with times, and failures. Stdout belongs to the command in the VM.

# progress TEXT: one line, after the seconds since the script was started
progress() { printf 'vm %4d s  %s\n' "$SECONDS" "$1" >&2; }

# fail WHAT [NEXT STEP]: ends the script with the status that is the VM's own, not the command's
fail() {
  printf 'test/vm/run: %s\n' "$1" >&2
  if (($# > 1)); then printf '  → %s\n' "$2" >&2; fi
  exit "$EXIT_VM"
}
