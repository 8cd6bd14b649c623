# shellcheck shell=bash
# The machine itself: qemu, its disks and its lines to the outside.

readonly MEMORY_MIB=3072 CPUS=2

# Between SIGTERM and SIGKILL; qemu needs a moment to remove its temporary files.
readonly KILL_AFTER=10s

# machine_arguments ROOT RUN: fills the array `arguments` with what both modes share
machine_arguments() {
  local name file
  # One thread for both processors: with two, one Node in ten crashed while its compiler's threads changed each other's code.
  # shellcheck disable=SC2054 # the commas are qemu's
  arguments=(
    -name slipway-vm -nodefaults -no-user-config -display none -no-reboot
    -machine q35 -accel tcg,thread=single -cpu max -smp "$CPUS" -m "$MEMORY_MIB"
    -kernel "$1/vmlinuz" -initrd "$1/initrd"
    -device virtio-rng-pci -device virtio-serial-pci
  )
  # A copy: what is written stays over a reboot, and goes with the run.
  cp --sparse=always --reflink=auto -- "$1/disk.ext4" "$2/disk.ext4"
  for file in "$2"/{disk,job,modules,images,class}.ext4; do
    name=$(basename -- "$file" .ext4)
    arguments+=(-drive "if=none,id=$name,file=$file,format=raw,cache=unsafe" -device "virtio-blk-pci,drive=$name")
  done
}

# kernel_line UNIT: panic=-1 with -no-reboot makes a kernel panic end qemu at once
kernel_line() {
  printf 'root=LABEL=slipway-root rw console=ttyS0 panic=-1 loglevel=5 systemd.show_status=1 SYSTEMD_COLORS=0 systemd.wants=%s' "$1"
}

# run_command ROOT RUN: boots, streams, powers off; ends the script with the command's status
run_command() {
  local console=$2/console.log output=$2/output.log status=$2/status arguments began=$SECONDS ended stream shown
  machine_arguments "$1" "$2"
  # qemu writes to files and tail reads them: a slow reader of our stdout can neither stop the VM nor lose its last lines.
  touch -- "$console" "$output" "$status"
  # shellcheck disable=SC2054 # the commas are qemu's
  arguments+=(
    -append "$(kernel_line slipway-run.service)"
    -chardev "file,id=console,path=$console,append=on" -serial chardev:console
    -chardev "file,id=output,path=$output,append=on" -device virtserialport,chardev=output,name=slipway.output
    -chardev "file,id=status,path=$status" -device virtserialport,chardev=status,name=slipway.status
  )
  progress "command: $(printf '%q ' "${command[@]}" | cut -c 1-100)"
  progress "booting ($CPUS CPUs, $MEMORY_MIB MiB, software emulation, at most $limit)"
  while :; do
    ended=0
    shown=$(stat --format=%s "$output")
    : >"$status"
    # pdeathsig: a script that is killed outright leaves no VM behind.
    TMPDIR=$2 setpriv --pdeathsig TERM timeout --kill-after="$KILL_AFTER" "$limit" qemu-system-x86_64 "${arguments[@]}" </dev/null >&2 &
    vm=$!
    tail --pid="$vm" --sleep-interval=0.2 --bytes=+$((shown + 1)) --follow "$output" &
    stream=$!
    wait "$vm" || ended=$?
    vm=
    wait "$stream" || true
    # Left by guest/run before it reboots. With -no-reboot that ends qemu, and the disks are as they were left.
    [[ $(<"$status") == again ]] || break
    progress 'the command wants a reboot: booting again from the same disks'
  done

  mkdir -p "$cache/last"
  mv -- "$console" "$output" "$cache/last/"
  local took=$((SECONDS - began)) code
  code=$(<"$status")
  if [[ $code =~ ^[0-9]+$ ]]; then
    progress "the command ended with status $code; the VM ran for $took s"
    exit "$code"
  fi
  # 137: it took SIGKILL.
  if ((ended == EXIT_TIMEOUT || ended == 137)); then
    progress "the VM was stopped at its time limit of $limit"
    printf '  → a longer --timeout, or see %s\n' "$cache/last" >&2
    exit "$EXIT_TIMEOUT"
  fi
  tail -n 40 "$cache/last/console.log" >&2
  fail "the VM ended after $took s without a status from the command (qemu: $ended)" "the console's last lines are above; all of it is in $cache/last/console.log"
}

# run_shell ROOT RUN: the console on this terminal, without a time limit
run_shell() {
  [[ -t 0 ]] || fail '--shell needs a terminal on stdin'
  local arguments
  machine_arguments "$1" "$2"
  progress 'booting; leave the shell to end the VM, Ctrl-A X kills it'
  TMPDIR=$2 qemu-system-x86_64 "${arguments[@]}" -append "$(kernel_line slipway-shell.service)" -serial mon:stdio
}

# stop_machine: when the script is ended early; timeout(1) hands the signal on to qemu
stop_machine() {
  kill -TERM "$vm" 2>/dev/null || true
  wait "$vm" 2>/dev/null || true
}
