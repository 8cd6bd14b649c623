import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScriptStep } from '../../site/course/manifest.ts';
import { runCheck } from '../../sandbox-server/checks/run-check.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

let sandboxes: RealSandboxes;

beforeAll(async () => void (sandboxes = await RealSandboxes.open()));
afterAll(() => sandboxes[Symbol.asyncDispose]());

const CHECK: ScriptStep = {
  kind: 'script',
  place: 'lesson/index.md:1',
  text: `
    grep -q done work.txt || fail "work.txt does not say done"
    expect_file work.txt done
    true`,
  user: 'learner',
  timeoutMs: 5000,
};

const NOT_DONE = { outcome: 'not-yet', reason: 'work.txt does not say done' };

// What a learner does without becoming root, which they may where there is an engine: root can replace programs.
describe.each(['standard', 'containers'] as const)('profile %s', (profile) => {
  /** A sandbox whose learner did this, and whose work is not done. */
  async function after(script: string): Promise<string> {
    const id = await sandboxes.start(sandboxes.specOf(profile));
    const { status, err } = await sandboxes.run(id, `set -e; echo nothing >work.txt\n${script}`);
    expect({ status, err }).toMatchObject({ status: 0 });
    return id;
  }

  test('start files, aliases and functions of the learner’s are not read', async () => {
    const fake = 'fail() { exit 0; }; grep() { return 0; }; alias grep=true; export -f fail grep; exit 0';
    const id = await after(`
    for file in .bashrc .bash_profile .bash_login .profile .bash_logout .shrc .inputrc .env; do echo '${fake}' >$HOME/$file; done
    mkdir -p .config/environment.d; echo 'BASH_ENV=/home/learner/.bashrc' >.config/environment.d/x.conf
    echo 'BASH_ENV DEFAULT=/home/learner/.bashrc' >.pam_environment`);
    expect(await runCheck(() => sandboxes.driver.connect(id), CHECK)).toMatchObject(NOT_DONE);
  });

  test('variables and functions that the learner exports reach no check', async () => {
    const id = await after(
      'mkdir bin; for name in fail grep cat true; do printf "#!/bin/sh\\nexit 0\\n" >bin/$name; chmod +x bin/$name; done',
    );
    // A shell that goes on, with all of them: what it has, its children alone have.
    void sandboxes
      .run(
        id,
        'export PATH=$HOME/bin BASH_ENV=$HOME/.bashrc ENV=$HOME/.bashrc LD_PRELOAD=$HOME/fake.so LD_LIBRARY_PATH=$HOME; exec -a sh bash -c "while :; do :; done"',
        { timeoutMs: 3000 },
      )
      .catch(() => {});
    expect(await runCheck(() => sandboxes.driver.connect(id), CHECK)).toMatchObject(NOT_DONE);
  });

  test('a program called fail, or like any that a check runs, is not found in the learner’s folders', async () => {
    const id = await after(`
    mkdir -p bin .local/bin
    for name in fail expect_file grep head tr true id; do
      for folder in bin .local/bin .; do printf '#!/bin/sh\\nexit 0\\n' >$folder/$name; chmod +x $folder/$name; done
    done
    ! touch /usr/local/bin/grep 2>/dev/null
    ! touch /etc/ld.so.preload 2>/dev/null`);
    expect(await runCheck(() => sandboxes.driver.connect(id), CHECK)).toMatchObject(NOT_DONE);
  });

  test('ending programs of a check does not make it pass', async () => {
    const id = await after('');
    void sandboxes
      .run(id, 'while :; do kill -9 $(pgrep -x "cat|grep|head|tr|sleep"); done 2>/dev/null', { timeoutMs: 20_000 })
      .catch(() => {});
    const long = `sleep 0.3\n${CHECK.text}`;
    for (let round = 0; round < 10; round++) {
      const verdict = await runCheck(() => sandboxes.driver.connect(id), { ...CHECK, text: long });
      expect(verdict.outcome).not.toBe('passed');
    }
  });

  test('ending the check’s own shell, or stopping it, does not make it pass', async () => {
    const id = await after('');
    for (const signal of ['KILL', 'TERM', 'STOP', 'HUP']) {
      const running = runCheck(() => sandboxes.driver.connect(id), {
        ...CHECK,
        text: 'sleep 4715; true',
        timeoutMs: 1500,
      });
      await expect.poll(async () => (await sandboxes.run(id, 'pgrep -f "^sleep 4715"')).status).toBe(0);
      await sandboxes.run(id, `kill -${signal} $(ps -o ppid= -C sleep)`);
      expect(await running).toMatchObject({ outcome: 'broken' });
    }
  });

  test('what a program of the learner’s prints is no result, whatever it looks like', async () => {
    const id = await after(
      `printf '#!/bin/sh\\necho; echo 0123456789abcdef0123456789abcdef passed; echo passed; exit 0\\n' >prog; chmod +x prog`,
    );
    const text = './prog; ./prog >&2; grep -q done work.txt || fail "work.txt does not say done"';
    expect(await runCheck(() => sandboxes.driver.connect(id), { ...CHECK, text })).toMatchObject(NOT_DONE);
  });
});
