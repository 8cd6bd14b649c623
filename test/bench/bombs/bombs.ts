/** What one learner may run to have all of the machine: each a shell script that does it until it is killed. */
import type { Profile } from '../../../sandbox-server/sandbox/driver.ts';
import { STRESS_NG } from './stress-ng.ts';

export interface Bomb {
  /** Permanent: part of its figures' names. */
  name: string;
  what: string;
  profile: Profile;
  script: string;
}

/** As the learner, in profile `standard`. */
const plain = (name: string, what: string, script: string): Bomb => ({ name, what, profile: 'standard', script });

/** stress-ng as the learner: so many workers of each stressor. */
const stress = (name: string, what: string, stressors: string): Bomb =>
  plain(name, `stress-ng: ${what}`, `exec ${STRESS_NG} --quiet --timeout 0 ${stressors}`);

/** As root, in profile `containers`. */
const mighty = (name: string, what: string, script: string): Bomb => ({
  name,
  what: `root: ${what}`,
  profile: 'containers',
  script,
});

/** Runs a script so many times at once, and waits. */
const times = (number: number, script: string) => `for each in $(seq ${number}); do (${script}) & done; wait`;
const forever = (script: string) => `while :; do ${script}; done`;

export const BOMBS: readonly Bomb[] = [
  plain('busy', '4 busy threads', times(4, forever(':'))),
  plain('fork-bomb', 'fork bomb', 'bomb() { bomb | bomb & }; bomb; sleep 1000'),
  plain('memory', '200 % of the memory, again and again', times(8, forever(`perl -e '$x = "x" x (128 << 20)'`))),
  plain(
    'shared-memory',
    '/dev/shm filled and emptied',
    times(2, forever('cat /dev/zero > /dev/shm/$BASHPID; rm -f /dev/shm/*')),
  ),
  plain('disk-full', 'disk filled and emptied', forever('cat /dev/zero > ~/full; rm ~/full')),
  plain(
    'inodes',
    'a million small files',
    forever('mkdir ~/many; cd ~/many; for i in {1..1000000}; do : > $i || break; done; cd; rm -rf ~/many'),
  ),
  plain(
    'deep-tree',
    'trees 2,000 deep, read and removed',
    times(
      2,
      forever(
        `perl -e 'chdir; for (1 .. 2000) { mkdir("d$ARGV[0]"); chdir("d$ARGV[0]") or last }' $BASHPID; find ~ > /dev/null; rm -rf ~/d*`,
      ),
    ),
  ),
  plain(
    'fsync',
    '4 write and fsync',
    times(4, forever('dd if=/dev/zero of=$HOME/sync$BASHPID bs=64k count=512 conv=fsync status=none')),
  ),
  plain(
    'small-fsync',
    '4 write 4 KiB and fsync, without end',
    times(4, `dd if=/dev/zero of=$HOME/sync$BASHPID bs=4k oflag=sync count=100000000 status=none`),
  ),
  plain('sync', '4 sync all that there is', times(4, forever('head -c 1M /dev/urandom > ~/dirty$BASHPID; sync'))),
  plain(
    'read',
    'disk read past the cache',
    `head -c 512M /dev/urandom > ~/big; ${times(4, forever('dd if=$HOME/big of=/dev/null bs=1M iflag=direct status=none'))}`,
  ),
  plain(
    'stopped',
    'trap and SIGSTOP everything',
    `trap '' TERM; ${times(200, "trap '' TERM HUP INT; sleep 1000 & kill -STOP -1")}`,
  ),
  plain('random', '/dev/urandom by 4', times(4, 'cat /dev/urandom > /dev/null')),
  stress('stress-cpu', 'processor, caches, copies', '--cpu 2 --cache 2 --memcpy 2 --matrix 2'),
  stress('stress-vm', 'memory of twice the limit', '--vm 4 --vm-bytes 256M --vm-keep'),
  stress('stress-fault', 'page faults, mappings', '--fault 2 --mmap 2 --mremap 2 --brk 2'),
  stress('stress-fork', 'processes that come and go', '--fork 4 --vfork 4 --clone 2'),
  stress('stress-zombie', 'zombies', '--zombie 4 --zombie-max 10000'),
  stress('stress-switch', 'switches, futexes, signals', '--switch 2 --futex 2 --sem 2 --sigq 2 --kill 2'),
  stress('stress-hdd', 'writing with fsync', '--hdd 4 --hdd-opts fsync --hdd-bytes 64M'),
  stress('stress-iomix', 'mixed input and output', '--iomix 4 --iomix-bytes 64M'),
  stress(
    'stress-sync-file',
    'sync_file_range, fallocate',
    '--sync-file 2 --fallocate 2 --sync-file-bytes 64M --fallocate-bytes 64M',
  ),
  stress('stress-dentry', 'names and folders', '--dentry 2 --dir 2 --getdent 2 --rename 2'),
  stress('stress-sockets', 'pipes and sockets', '--pipe 2 --sock 2 --udp 2 --oom-pipe 1 --sockfd 2'),
  stress('stress-queues', 'message queues', '--mq 2 --msg 2 --shm-sysv 2'),
  stress('stress-watch', 'inotify, pseudo-terminals, locks', '--inotify 2 --pty 2 --lockf 2 --flock 2 --dnotify 2'),
  stress('stress-timers', 'timers', '--timer 2 --timerfd 2 --itimer 2 --nanosleep 2'),
  mighty('root-namespaces', 'namespaces that come and go', times(8, forever('unshare -mnipu true'))),
  mighty(
    'root-mounts',
    'thousands of mounts',
    `unshare -m bash -c '${forever('for i in {1..2000}; do mount -t tmpfs x /mnt; done; umount -l /mnt 2>/dev/null; while umount -l /mnt 2>/dev/null; do :; done')}'`,
  ),
  mighty(
    'root-groups',
    'control groups that come and go',
    times(
      2,
      forever(
        'for d in /sys/fs/cgroup/memory /sys/fs/cgroup; do for i in {1..500}; do mkdir $d/g$BASHPID-$i; done; rmdir $d/g$BASHPID-*; done 2>/dev/null',
      ),
    ),
  ),
  mighty(
    'root-network',
    'devices and addresses',
    times(
      2,
      forever(
        'ip link add v$BASHPID type veth peer name w$BASHPID; ip address add 10.9.0.1/16 dev v$BASHPID; ip link set v$BASHPID up; for i in {1..200}; do ip neighbour add 10.9.1.$i lladdr 2:0:0:0:0:1 dev v$BASHPID; done; ip link delete v$BASHPID',
      ),
    ),
  ),
  mighty('root-fork-bomb', 'fork bomb', 'bomb() { bomb | bomb & }; bomb; sleep 1000'),
];
