/** Commands typed into real terminals, as a run button types them, and followed to their end. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { ScriptStep, TypedStep } from '../../site/course/manifest.ts';
import { performSteps, StepFailed, type Step } from '../../sandbox-server/lessons/steps.ts';
import { TYPING_LIMITS, Typist, type TypedCommand } from '../../sandbox-server/lessons/typist.ts';
import { PATIENCE } from '../support/patience.ts';
import { RealSandboxes } from '../support/sandboxes.ts';

let sandboxes: RealSandboxes;
let id: string;
const connect = () => sandboxes.driver.connect(id);

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
  id = await sandboxes.start(sandboxes.specOf('containers'));
});
afterAll(async () => sandboxes[Symbol.asyncDispose]());

const block = (text: string, words: Partial<TypedCommand> = {}): TypedCommand => ({
  text,
  interrupt: false,
  background: false,
  opens: null,
  ...words,
});

let serial = 0;
async function keyboard(): Promise<Typist> {
  const typist = await Typist.open(connect, `t${serial++ % 10}`);
  onTestFinished(() => typist[Symbol.dispose]());
  return typist;
}

const printedBy = (typist: Typist) => typist.output().bytes.toString('utf8').replaceAll('\r\n', '\n');

describe('a command that is typed', () => {
  it('ends with the status that the shell’s marks tell, and has its output without prompt and echo', async () => {
    const typist = await keyboard();
    expect(await typist.run(block('echo one; (exit 3)'))).toEqual({ name: 'ended', status: 3 });
    expect(printedBy(typist)).toBe('one\n');
  });

  it('may have several lines, which are run together', async () => {
    const typist = await keyboard();
    const text = 'for i in 1 2; do\n  echo "line $i"\ndone\ncat <<EOF\nhere\nEOF\n';
    expect(await typist.run(block(text))).toEqual({ name: 'ended', status: 0 });
    expect(printedBy(typist)).toMatch(/^\S*line 1\nline 2\n\S*here\n/);
  });

  it('of several lines has the status of the first that fails, where the last does not', async () => {
    const typist = await keyboard();
    expect(await typist.run(block('true\n(exit 3)\n(exit 4)\ntrue\n'))).toEqual({ name: 'ended', status: 3 });
    expect(await typist.run(block('true\n(exit 3)\n(exit 4)\n'))).toEqual({ name: 'ended', status: 4 });
    expect(await typist.run(block('true\ntrue\n'))).toEqual({ name: 'ended', status: 0 });
  });

  it('that is a comment, or nothing, ends at once', async () => {
    const typist = await keyboard();
    expect(await typist.run(block('# nothing to do'))).toMatchObject({ name: 'ended' });
    expect(await typist.run(block(''))).toMatchObject({ name: 'ended' });
  });

  it('is interrupted before the next, where that says so', async () => {
    const typist = await keyboard();
    const server = block('while sleep 100; do :; done', { background: true });
    expect(await typist.run(server)).toEqual({ name: 'started' });
    expect(await typist.run(block('echo next', { interrupt: true }))).toEqual({ name: 'ended', status: 0 });
    expect(printedBy(typist)).toBe('next\n');
    expect(await typist.run(block('echo idle', { interrupt: true }))).toEqual({ name: 'ended', status: 0 });
  });

  it('is interrupted before the next where the shell begins, and at each prompt that has just come', async () => {
    const typist = await keyboard();
    for (let count = 0; count < 100; count++) {
      const outcome = await typist.run(block(`echo ${count}`, { interrupt: true }));
      expect([count, outcome]).toEqual([count, { name: 'ended', status: 0 }]);
    }
  });

  it('is not typed while another one runs', async () => {
    const typist = await keyboard();
    await typist.run(block('sleep 100', { background: true }));
    const limits = { ...TYPING_LIMITS, promptMs: 500 };
    expect(await typist.run(block('echo lost'), limits)).toEqual({ name: 'no-prompt' });
  });

  it('that does not end is told so when its time is over', async () => {
    const typist = await keyboard();
    expect(await typist.run(block('sleep 100'), { ...TYPING_LIMITS, endMs: 500 })).toEqual({ name: 'no-end' });
  });

  it('with a quotation left open is told from one that runs', async () => {
    const typist = await keyboard();
    expect(await typist.run(block('echo "open'))).toEqual({ name: 'unfinished' });
  });

  it('that ends the shell is told', async () => {
    const typist = await keyboard();
    expect(await typist.run(block('exit 4'))).toEqual({ name: 'shell-ended', status: 4 });
  });
});

describe('another prompt', () => {
  it('of a nested shell with marks is found, and commands in it have their status', async () => {
    const typist = await keyboard();
    const nested = block('sudo unshare --pid --fork --mount-proc bash', { opens: '# ' });
    expect(await typist.run(nested)).toMatchObject({ name: 'opened', prompt: expect.stringMatching(/# $/) });
    expect(await typist.run(block('ps -e | wc -l; (exit 5)'))).toEqual({ name: 'ended', status: 5 });
    expect(await typist.run(block('exit 0'))).toEqual({ name: 'ended', status: 0 });
  });

  it('that ends as the one before it is not taken for that', async () => {
    const typist = await keyboard();
    await typist.run(block('sudo bash', { opens: '# ' }));
    await typist.settle();
    const again = await typist.run(block('sleep 1; exec bash', { opens: '# ' }));
    expect(again).toMatchObject({ name: 'opened', prompt: expect.stringMatching(/# $/) });
    expect(await typist.run(block('echo here'))).toEqual({ name: 'ended', status: 0 });
    expect(printedBy(typist)).toBe('here\n');
  });

  it('of a nested shell that no fence names is told at once', async () => {
    const typist = await keyboard();
    expect(await typist.run(block('bash'))).toMatchObject({ name: 'opened' });
  });

  it('of a program without marks is found by its text; its commands end where the same prompt stands again', async () => {
    const typist = await keyboard();
    const opened = await typist.run(block('env -i busybox sh', { opens: '$ ' }));
    expect(opened).toMatchObject({ name: 'opened', prompt: expect.stringMatching(/\$ $/) });
    expect(await typist.run(block('cd /tmp; sleep 1; echo after'))).toEqual({ name: 'ended', status: null });
    expect(typist.output().echoed).toBe(true);
    expect(printedBy(typist)).toContain('\nafter\n');
    expect(await typist.run(block('exit'))).toEqual({ name: 'ended', status: 0 });
  });

  it('that does not come is told with the status of what ended instead', async () => {
    const typist = await keyboard();
    expect(await typist.run(block('false', { opens: '# ' }))).toEqual({ name: 'ended', status: 1 });
  });
});

const script = (text: string, words: Partial<ScriptStep> = {}): ScriptStep => ({
  kind: 'script',
  place: 'lessons/course/01-lesson/index.md:7',
  text,
  user: 'learner',
  timeoutMs: 20_000 * PATIENCE,
  ...words,
});
const typed = (text: string, words: Partial<TypedStep> = {}): TypedStep => ({
  kind: 'typed',
  place: 'lessons/course/01-lesson/index.md:9',
  terminal: 'steps',
  exit: 0,
  ...block(text),
  ...words,
});
const failureOf = (steps: Step[]) =>
  performSteps(connect, steps).then(
    () => undefined,
    (error: unknown) => error,
  );

describe('the steps of a lesson', () => {
  it('are scripts and typed commands in order, as learner or root, in the learner’s home', async () => {
    await performSteps(connect, [
      script('id -un > order; pwd >> order'),
      script('id -un >> order; pwd >> order', { user: 'root' }),
      typed('echo "in $SLIPWAY_TERMINAL" >> order'),
    ]);
    const { out } = await sandboxes.run(id, 'cat ~/order');
    expect(out).toBe('learner\n/home/learner\nroot\n/home/learner\nin steps\n');
  });

  it('leave behind what they started in the background', async () => {
    await performSteps(connect, [script('sleep 4711 > /dev/null 2>&1 &')]);
    expect((await sandboxes.run(id, 'pgrep -fx "sleep 4711"')).status).toBe(0);
  });

  it('leave terminals with their nested shells', async () => {
    await performSteps(connect, [typed('sudo unshare --uts bash', { opens: '# ' })]);
    await performSteps(connect, [typed('hostname inner')]);
    expect((await sandboxes.run(id, 'hostname')).out).not.toBe('inner\n');
  });

  it('that fail say where, and what was printed', async () => {
    const failed = await failureOf([script('echo before >&2; exit 9')]);
    expect(failed).toBeInstanceOf(StepFailed);
    expect(failed).toMatchObject({
      message: 'lessons/course/01-lesson/index.md:7: the script ended with 9',
      detail: 'before',
    });
    const other = await failureOf([typed('echo shown; false', { terminal: 'other' })]);
    expect(other).toMatchObject({ detail: expect.stringContaining('shown') });
    expect((other as Error).message).toBe('lessons/course/01-lesson/index.md:9: the block ended with 1, not 0');
    const hung = await failureOf([script('sleep 100', { timeoutMs: 300 })]);
    expect((hung as Error).message).toContain('had not ended after 0.3 s');
  });

  it('end where they are aborted', async () => {
    const signal = AbortSignal.timeout(500);
    await expect(performSteps(connect, [script('sleep 4712')], { signal })).rejects.toThrow(/timeout/i);
    await expect.poll(async () => (await sandboxes.run(id, 'pgrep -fx "sleep 4712"')).status).toBe(1);
    await expect(
      performSteps(connect, [typed('sleep 100', { terminal: 'endless' })], { signal: AbortSignal.timeout(500) }),
    ).rejects.toThrow(/timeout/i);
  });
});
