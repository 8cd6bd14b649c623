import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BOX, startWithEngine } from '../support/engine-attacker.ts';
import { idsOf, processesOf } from '../support/host.ts';
import { destroyCleanly } from '../support/residue.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

const run = (options: string, script: string) =>
  `docker run -d ${options} ${BOX} /bin/busybox sh -c '${script}' > /dev/null\n`;

const BUSY: [title: string, script: string][] = [
  [
    'runs containers on networks of their own',
    `docker network create one; docker network create two
     ${run('--network one', 'while :; do :; done')}
     ${run('--network two -p 8080:80 --restart always', 'trap "" TERM INT HUP; while :; do busybox sleep 1; done')}
     ${run('--privileged --pid host', 'busybox sleep 1000')}`,
  ],
  ['has a container with a fork bomb', run('', 'bomb() { bomb | bomb & }; bomb; busybox sleep 1000')],
  [
    'has as many zombies as it can',
    `cat > /tmp/zombies.pl <<'PERL'
for (1 .. 10_000) { my $child = fork; defined $child or last; exit if $child == 0 } open(my $f, ">", "/tmp/made"); sleep 1000;
PERL
     sudo setsid perl /tmp/zombies.pl < /dev/null > /dev/null 2>&1 &
     until [ -e /tmp/made ]; do sleep 0.1; done`,
  ],
  ['has paused containers', `${run('--name idle', 'busybox sleep 1000')} docker pause idle`],
  ['is stopped, with all that runs in it', `${run('', 'busybox sleep 1000')} sudo kill -STOP -1`],
  [
    'has a frozen engine in control groups of its own',
    `docker ps > /dev/null
     sudo bash -c 'if [ -d /sys/fs/cgroup/freezer ]; then mkdir -p /sys/fs/cgroup/freezer/a/b
       for pid in $(pgrep -x dockerd; pgrep -x containerd); do echo $pid > /sys/fs/cgroup/freezer/a/b/cgroup.procs; done
       echo FROZEN > /sys/fs/cgroup/freezer/a/freezer.state
     else mkdir -p /sys/fs/cgroup/a/b
       for pid in $(pgrep -x dockerd; pgrep -x containerd); do echo $pid > /sys/fs/cgroup/a/b/cgroup.procs; done
       echo 1 > /sys/fs/cgroup/a/cgroup.freeze; fi'`,
  ],
  [
    'waits for a file system of its own that never answers',
    `cat > /tmp/hang.pl <<'PERL'
$^F = 20; open(my $f, "+<", "/dev/fuse") or die $!; mkdir "/mnt/hung";
my $o = "fd=" . fileno($f) . ",rootmode=40000,user_id=0,group_id=0"; my ($s, $t, $k) = ("x", "/mnt/hung", "fuse");
syscall(165, $s, $t, $k, 0, $o) == 0 or die "mount: $!"; open(my $ok, ">", "/tmp/mounted"); close $ok; sleep 1000;
PERL
     sudo setsid perl /tmp/hang.pl < /dev/null > /dev/null 2>&1 &
     until [ -e /tmp/mounted ]; do sleep 0.1; done
     for i in 1 2 3 4; do (setsid ls /mnt/hung; setsid sync -f /mnt/hung) < /dev/null > /dev/null 2>&1 & done; sleep 0.5`,
  ],
  [
    'has a thousand control groups',
    `sudo perl -e 'for my $d (glob("/sys/fs/cgroup/*/"), "/sys/fs/cgroup/") { mkdir("$d/c$_") || last for 1 .. 1000 }'; docker ps`,
  ],
];

/** Network devices of the host's own. */
const links = () => execFileSync('ls', ['/sys/class/net'], { encoding: 'utf8' });

describe.each(['crun', 'runc'] as const)('under %s', (runtime) => {
  let sandboxes: RealSandboxes;

  beforeAll(async () => {
    sandboxes = await RealSandboxes.open({ runtime });
  });
  afterAll(() => sandboxes?.[Symbol.asyncDispose]());

  // What processes do is the kernel's matter; the second runtime is for what a runtime leaves behind.
  test.each(runtime === 'crun' ? BUSY : BUSY.slice(0, 3))(
    'a sandbox whose engine %s is destroyed in time, and nothing of it is left',
    async (_what, script) => {
      const before = links();
      const id = await startWithEngine(sandboxes);
      // Where everything is stopped, the script is too.
      await sandboxes.run(id, script, { timeoutMs: 8000 }).catch(() => undefined);
      expect(processesOf(sandboxes.config, idsOf(sandboxes, id)).length).toBeGreaterThan(2);
      await destroyCleanly(sandboxes, id);
      expect(links()).toBe(before);
    },
  );
});
