# Where control groups for memory are made, and what two of their files are called.
if [ -d /sys/fs/cgroup/memory ]; then # version 1: a tree for each resource
  groups=/sys/fs/cgroup/memory
  max=memory.limit_in_bytes
  events=memory.oom_control
else # version 2: one tree for all
  groups=/sys/fs/cgroup
  max=memory.max
  events=memory.events
fi
