import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { destroyAllSandboxes } from '../clean/destroy-sandboxes.ts';
import { endServer } from '../clean/end-server.ts';
import { removeFolder } from '../clean/folders.ts';
import { workOf } from '../clean/work.ts';
import { resolveSettings } from '../../config.ts';
import type { Command, CommandContext } from '../command.ts';
import { confirm } from '../confirm.ts';
import { lessonTestGroup } from '../lesson-test/prepare-host.ts';
import type { Report } from '../plain/report.mjs';
import { runTool } from '../plain/tool.mjs';
import { claim, claimOf } from '../serve/claims.ts';
import { recallChanges } from '../stages/host-changes.ts';
import { type Instance, recallInstances } from '../stages/instances.ts';
import { findUser } from '../stages/system-user.ts';

export const command: Command = {
  name: 'clean',
  summary:
    'Ends and removes all that Slipway made on this host (with --data: in that folder); asks before learners’ work.',
  flags: { '--yes': 'Do not ask.' },
  run: clean,
};

/** What a stage of a start leaves in the clone. */
const IN_THE_CLONE = ['build', '.astro'];

async function clean({ root, settings, host, report, flags }: CommandContext): Promise<number> {
  // Whoever names a folder means it alone, not the clone's other servers and what they share.
  const usual = resolveSettings({ argv: [], env: {}, readFile: () => '' }, host);
  const onlyOne = settings.data !== usual.data;
  const known = recallInstances(root);
  const places = known.filter(({ data }) => data === settings.data);
  const others = onlyOne ? [] : known.filter(({ data }) => data !== settings.data);
  const all = [...(places.length > 0 ? places : [settings]), ...others];
  const instances = all.filter(({ data, run }) => existsSync(data) || existsSync(run));
  if (instances.length === 0) report.note(`There is nothing of Slipway in ${settings.data}.`);
  if (!flags.has('--yes')) await ask(instances, report);

  const changes = instances.map(({ data }) => recallChanges(data));
  const left: string[] = [];
  for (const instance of instances) left.push(...(await removeInstance(root, instance, host.root, report)));
  if (!onlyOne) {
    for (const user of new Set(changes.flatMap(({ users }) => users))) await removeUser(user, report);
    for (const path of IN_THE_CLONE) rmSync(join(root, path), { recursive: true, force: true });
  }
  tellWhatStays(new Set(changes.flatMap(({ packages }) => packages)), left, report);
  return 0;
}

/** Returns the paths in its folders that are not ours, and stay. */
function removeInstance(root: string, instance: Instance, asRoot: boolean, report: Report): Promise<string[]> {
  const { data, run } = instance;
  return report.stage('Clean', async ({ result }) => {
    await endServer(data);
    // Nobody may start on it meanwhile, and what another server has is not this one's to remove.
    using _claims = claim(instance, asRoot ? { cgroup: instance.cgroup } : undefined);
    const ended = asRoot ? await destroyAllSandboxes(root, instance) : 0;
    const left = [...removeFolder(run, 'run'), ...removeFolder(data, 'data')];
    for (const group of asRoot ? [instance.cgroup, lessonTestGroup(instance.cgroup)] : []) {
      rmSync(claimOf(group), { recursive: true, force: true });
    }
    result(`${data} and ${run}; ${ended} running sandboxes ended`);
    return left;
  });
}

async function removeUser(user: string, report: Report): Promise<void> {
  if (!findUser(user)) return;
  await report.stage('System user', async ({ result }) => {
    await runTool('userdel', [user], { mend: `End what runs as ${user}, then: userdel ${user}` });
    result(`${user} removed`);
  });
}

async function ask(instances: readonly Instance[], report: Report): Promise<void> {
  const works = await Promise.all(instances.map(async ({ data }) => ({ data, ...(await workOf(data)) })));
  const kept = works.filter(({ disks }) => disks > 0);
  if (kept.length === 0) return;
  const lines = kept
    .map(({ data, disks, size }) => `${data}: the files of ${disks} learners’ sandboxes (${size})`)
    .join('\n');
  const orElse = 'If that is meant: npm run clean -- --yes';
  await confirm({ what: 'Learners’ work would be deleted.', why: lines, word: 'delete', orElse, report });
}

function tellWhatStays(packages: ReadonlySet<string>, left: readonly string[], report: Report): void {
  if (left.length > 0) report.note(`Not Slipway’s own, and left:\n${left.join('\n').replace(/^/gm, '  ')}`);
  if (packages.size === 0) return;
  const names = [...packages].join(' ');
  report.note(
    `Debian packages that were installed, and stay:\n  ${names}\nTo remove them too: apt-get purge --autoremove ${names}`,
  );
}
