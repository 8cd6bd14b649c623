import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareLesson } from '../../sandbox-server/lessons/prepare.ts';
import type { LessonEntry, ScriptStep } from '../../site/course/manifest.ts';
import { lesson, script, task } from '../support/lesson.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let sandboxes: RealSandboxes;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

const asRoot = (text: string): ScriptStep => ({ ...script(text), user: 'root' });

/** The lesson with an archive of what a script makes, and the folder that it is in. */
function withFiles(entry: LessonEntry, make: string): { entry: LessonEntry; folder: string } {
  const folder = temporaryFolder();
  const files = join(folder, 'files');
  mkdirSync(files);
  execFileSync('sh', ['-c', make], { cwd: files });
  writeFileSync(join(folder, 'a.tar'), execFileSync('tar', ['-cf', '-', '.'], { cwd: files }));
  return { entry: { ...entry, files: 'a.tar' }, folder };
}

test.each(['standard', 'containers'] as const)(
  'a sandbox of profile %s has the files, what setup.sh made of them, and what the first task begins with',
  async (profile) => {
    const id = await sandboxes.start(sandboxes.specOf(profile));
    const { entry, folder } = withFiles(
      lesson({
        setup: asRoot('cp notes/a.txt /srv/copy && id -un > /srv/who && pwd > /srv/where'),
        tasks: [
          task('one', {
            setup: [script('echo "$(id -un)" > begun')],
            live: [script('sleep 1777 &'), asRoot('ip link set lo up 2>/dev/null; touch /run/live')],
          }),
          task('two', { setup: [script('touch too-early')] }),
        ],
      }),
      'mkdir notes; echo text > notes/a.txt; echo "#!/bin/sh" > run.sh; chmod +x run.sh',
    );
    await sandboxes.run(id, 'mkdir -p ~/notes; echo mine > ~/notes/mine');
    const connect = () => sandboxes.driver.connect(id);
    await prepareLesson(connect, entry, folder);
    const { out } = await sandboxes.run(id, 'cd; cat /srv/copy /srv/who /srv/where begun; stat -c "%U %a" run.sh; ls');
    expect(out).toBe('text\nroot\n/home/learner\nlearner\nlearner 755\nbegun\nnotes\nrun.sh\n');
    expect((await sandboxes.run(id, 'pgrep -f "[s]leep 1777"; ls /run/live')).status).toBe(0);

    // Again, as where the server ended before it could note it: nothing of the learner's is written over.
    await sandboxes.run(id, 'echo changed > ~/notes/a.txt');
    await prepareLesson(connect, entry, folder);
    expect((await sandboxes.run(id, 'cat ~/notes/a.txt ~/notes/mine')).out).toBe('changed\nmine\n');
  },
);

test('where a step fails it is told which, and what it printed', async () => {
  const id = await sandboxes.start();
  const setup = asRoot('echo "no such package" >&2; exit 9');
  const failing = prepareLesson(() => sandboxes.driver.connect(id), lesson({ setup }), temporaryFolder());
  await expect(failing).rejects.toMatchObject({ name: 'StepFailed', place: setup.place, detail: 'no such package' });
});
