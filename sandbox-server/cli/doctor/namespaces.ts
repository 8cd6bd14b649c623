import { type Finding, lack, ok } from './finding.ts';
import { readText, tryProgram } from './probe.ts';

const KINDS = ['user', 'mount', 'pid', 'net', 'ipc', 'uts', 'cgroup'] as const;

/** Limits on user namespaces, with what each means to sandboxes, which root makes. */
const SWITCHES: { path: string; meaning: string; restricts: (value: string) => boolean }[] = [
  {
    path: 'kernel/unprivileged_userns_clone',
    meaning: 'ordinary users may make none; sandboxes are made by root',
    restricts: (value) => value === '0',
  },
  {
    path: 'kernel/apparmor_restrict_unprivileged_userns',
    meaning: 'AppArmor restricts those of ordinary users; sandboxes are made by root',
    restricts: (value) => value === '1',
  },
];

/** All are made for real: together, as for a sandbox, and one by one where that fails. */
export async function examineNamespaces(): Promise<Finding[]> {
  const together = await unshare(KINDS);
  return [together.ok ? ok('Namespaces', KINDS.join(', ')) : await examineEach(together.output), examineSwitches()];
}

async function examineEach(output: string): Promise<Finding> {
  const outcomes = await Promise.all(KINDS.map(async (kind) => ({ kind, ...(await unshare([kind])) })));
  const refused = outcomes.filter((outcome) => !outcome.ok).map((outcome) => `${outcome.kind}: ${outcome.output}`);
  const mend =
    readText('/proc/sys/user/max_user_namespaces') === '0'
      ? 'sysctl -w user.max_user_namespaces=65536, and the same in /etc/sysctl.d to keep it'
      : 'Inside a container or a small virtual server its host decides: use a machine or a virtual machine of your own.';
  return lack('Namespaces', refused.join('; ') || output, mend);
}

const unshare = (kinds: readonly string[]) =>
  tryProgram('unshare', ...kinds.map((kind) => `--${kind}`), '--fork', '--', 'true');

function examineSwitches(): Finding {
  const restricting = SWITCHES.flatMap(({ path, meaning, restricts }) => {
    const value = readText(`/proc/sys/${path}`);
    return value !== undefined && restricts(value) ? [`${path.replace('/', '.')}=${value}: ${meaning}`] : [];
  });
  return ok('Namespace switches', restricting.join('; ') || 'none restricts');
}
