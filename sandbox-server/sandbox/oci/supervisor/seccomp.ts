/**
 * The system calls that a sandbox may make. A call that is not listed answers ENOSYS, so that a C library which tries a
 * newer call first falls back to an older one; what is known and withheld answers EPERM, which programs explain better.
 */
import type { Profile } from '../../driver.ts';
import { PROFILES } from './profiles.ts';

const EPERM = 1;
const ENOSYS = 38;

/** What ordinary programs need, by subject. Names that an architecture does not have are passed over by the runtime. */
const ALLOWED: Record<string, string> = {
  files: `access chdir chmod chown chown32 close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2
    fadvise64 fadvise64_64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl fcntl64 fdatasync
    fgetxattr flistxattr flock fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate
    ftruncate64 futimesat getcwd getdents getdents64 getxattr getxattrat ioctl lchown lchown32 lgetxattr link linkat
    listxattr listxattrat llistxattr _llseek lremovexattr lseek lsetxattr lstat lstat64 mkdir mkdirat mknod mknodat
    newfstatat open openat openat2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead readlink readlinkat
    readv removexattr removexattrat rename renameat renameat2 rmdir sendfile sendfile64 setxattr setxattrat splice stat
    stat64 statfs statfs64 statx symlink symlinkat sync sync_file_range syncfs tee truncate truncate64 umask unlink
    unlinkat utime utimensat utimensat_time64 utimes vmsplice write writev name_to_handle_at cachestat`,
  memory: `arm_fadvise64_64 brk madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mlock mlock2
    mlockall mmap mmap2 mprotect mremap mseal msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect
    process_mrelease remap_file_pages shmat shmctl shmdt shmget`,
  processes: `capget capset chroot execve execveat exit exit_group fork vfork getegid getegid32 geteuid geteuid32 getgid
    getgid32 getgroups getgroups32 getpgid getpgrp getpid getppid getpriority getresgid getresgid32 getresuid
    getresuid32 getrlimit getrusage getsid gettid getuid getuid32 ioprio_get ioprio_set kill pidfd_open
    pidfd_send_signal prctl arch_prctl prlimit64 rseq set_robust_list get_robust_list set_thread_area get_thread_area
    set_tid_address setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setpgid setpriority
    setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit setsid setuid
    setuid32 tgkill tkill ugetrlimit wait4 waitid waitpid ptrace process_vm_readv process_vm_writev
    landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp`,
  scheduling: `getcpu nanosleep pause sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr
    sched_getparam sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity
    sched_setattr sched_setparam sched_setscheduler sched_yield restart_syscall`,
  signals: `rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
    rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaltstack signalfd signalfd4 sigprocmask sigreturn`,
  waiting: `epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old
    eventfd eventfd2 futex futex_requeue futex_time64 futex_wait futex_waitv futex_wake inotify_add_watch inotify_init
    inotify_init1 inotify_rm_watch _newselect pipe pipe2 poll ppoll ppoll_time64 pselect6 pselect6_time64 select`,
  time: `adjtimex alarm clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep
    clock_nanosleep_time64 getitimer gettimeofday setitimer time timer_create timer_delete timer_getoverrun
    timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64
    timerfd_settime timerfd_settime64 times`,
  'inter-process communication': `ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64
    mq_timedsend mq_timedsend_time64 mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop
    semtimedop_time64`,
  network: `accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg
    recvmmsg_time64 recvmsg send sendmmsg sendmsg sendto setsockopt shutdown socketpair`,
  system: `getrandom sysinfo uname`,
  'architecture: ARM': `arm_sync_file_range sync_file_range2 breakpoint cacheflush set_tls`,
};

/**
 * Known and withheld; each would widen what the kernel exposes to a learner, or reach beyond the sandbox. `socketcall`
 * hides a 32-bit program's socket family in memory; `io_setup` takes from a number that the whole host shares.
 */
const WITHHELD = `acct add_key bpf clock_adjtime clock_settime delete_module fanotify_init fanotify_mark finit_module
  fsconfig fsmount fsopen fspick get_kernel_syms get_mempolicy init_module io_uring_enter io_uring_register
  io_uring_setup io_setup io_submit ioperm iopl kcmp kexec_file_load kexec_load keyctl lookup_dcookie mbind migrate_pages mount mount_setattr
  move_mount move_pages nfsservctl open_by_handle_at open_tree perf_event_open personality pidfd_getfd pivot_root
  process_madvise query_module quotactl quotactl_fd reboot request_key sethostname setdomainname setns set_mempolicy
  socketcall
  set_mempolicy_home_node settimeofday stime swapoff swapon sysfs _sysctl
  syslog umount umount2 unshare uselib userfaultfd
  ustat vhangup vm86 vm86old`;

/** `CLONE_NEW*`: a new namespace of any kind but time (which shares a bit with the exit signal). */
const CLONE_NEW_NAMESPACE = 0x7e020000;

/** Linux execution domains that change nothing: Linux, 32-bit uname, the 2.6 uname, and "tell me". */
const HARMLESS_PERSONALITIES = [0x0, 0x8, 0x20000, 0x20008, 0xffffffff];

const AF_VSOCK = 40;
const AF_ALG = 38;

/**
 * `keyctl` operations by which a runtime gives a container a session keyring: JOIN_SESSION_KEYRING, SETPERM, DESCRIBE.
 * No others: the kernel counts keys against no cgroup but 20 KB of them for each id, of which a sandbox has 65,536; a
 * keyring that cannot be linked to another ends with its processes.
 */
const KEYRING_OPERATIONS = [1, 5, 6];

/**
 * What a container engine needs besides: namespaces of any kind, mounts, and host names. Mounts of the newer interface
 * (fsopen and its like) stay unknown: programs fall back to mount.
 */
const OF_AN_ENGINE = `clone mount pivot_root sethostname setdomainname setns umount umount2 unshare`;
const NEWER_MOUNTS = `fsconfig fsmount fsopen fspick mount_setattr move_mount open_tree`;

interface SeccompRule {
  names: string[];
  action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  errnoRet?: number;
  args?: { index: number; value: number; valueTwo?: number; op: string }[];
}

export interface SeccompProfile {
  defaultAction: string;
  defaultErrnoRet: number;
  architectures: string[];
  syscalls: SeccompRule[];
}

/** The `linux.seccomp` of an OCI config. `arch` is Node's name of the host's architecture. */
export function seccompProfile(arch: string, profile: Profile): SeccompProfile {
  const { engine } = PROFILES[profile];
  const ofAnEngine = engine ? words(OF_AN_ENGINE) : [];
  const notWithheld = new Set(['personality', ...ofAnEngine, ...(engine ? ['keyctl', ...words(NEWER_MOUNTS)] : [])]);
  const allow = (names: string[], args?: SeccompRule['args']): SeccompRule => ({
    names,
    action: 'SCMP_ACT_ALLOW',
    ...(args ? { args } : {}),
  });
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: ENOSYS,
    architectures: arch === 'arm64' ? ['SCMP_ARCH_AARCH64'] : ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'],
    syscalls: [
      allow(Object.values(ALLOWED).flatMap(words)),
      // clone3 hides its flags in memory and so stays ENOSYS.
      ...(engine ? [allow(ofAnEngine)] : []),
      ...(engine ? KEYRING_OPERATIONS : []).map((value) => allow(['keyctl'], [{ index: 0, value, op: 'SCMP_CMP_EQ' }])),
      // Threads and processes, but no namespaces.
      allow(['clone'], [{ index: 0, value: CLONE_NEW_NAMESPACE, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }]),
      // Sockets of any family below vsock (which reaches a hypervisor), less the kernel's cryptography (AF_ALG).
      allow(['socket'], [{ index: 0, value: AF_ALG, op: 'SCMP_CMP_LT' }]),
      allow(['socket'], [{ index: 0, value: AF_ALG + 1, op: 'SCMP_CMP_EQ' }]),
      allow(['socket'], [{ index: 0, value: AF_VSOCK, op: 'SCMP_CMP_GT' }]),
      ...HARMLESS_PERSONALITIES.map((value) => allow(['personality'], [{ index: 0, value, op: 'SCMP_CMP_EQ' }])),
      {
        names: words(WITHHELD).filter((name) => !notWithheld.has(name)),
        action: 'SCMP_ACT_ERRNO',
        errnoRet: EPERM,
      },
    ],
  };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
