import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askInit } from '../../sandbox-server/sandbox/init/ask.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestTerminal } from '../support/terminal.ts';

let sandboxes: RealSandboxes;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

const LOST = /The sandbox ended, and the shell that was here with it/;

async function save(id: string, why: string): Promise<void> {
  expect(await askInit(await sandboxes.driver.connect(id), { op: 'save', why }, 5000)).toMatchObject({ ok: true });
}

async function stopAndStart(id: string): Promise<void> {
  await sandboxes.driver.stop(id);
  await sandboxes.driver.start(id);
}

/** The terminal once its prompt is there. */
async function prompted(id: string, name = 'main'): Promise<TestTerminal> {
  const terminal = await TestTerminal.open(sandboxes.driver, id, name);
  await terminal.shows(/\$ \x1b?\S*$/);
  return terminal;
}

describe.each(['standard', 'containers'] as const)('in a sandbox of profile %s', (profile) => {
  test('a new shell begins with what the one before showed, and a line that says why that ended', async () => {
    const id = await sandboxes.start(sandboxes.specOf(profile));
    const before = await prompted(id);
    before.type('echo first-$((40+2)); cat\n');
    await before.shows(/first-42\r\n/);
    await save(id, 'the sandbox was stopped after 60 minutes without you');
    await stopAndStart(id);
    const after = await prompted(id);
    expect(after.attached.replayTo).toBeGreaterThan(0);
    expect(after.text).toMatch(
      /first-42\r\n.*This shell ended when the sandbox was stopped after 60 minutes without you\. A new one: —\x1b\[0m\r\n[^\n]*\$ /s,
    );
    expect(after.text.match(/first-42/g)).toHaveLength(1);
    const owner = 'stat -c "%U %a %s %n" /var/lib/slipway/terminals /var/lib/slipway/terminals/*';
    expect((await sandboxes.run(id, owner, { root: true })).out).toMatch(/^root 700 .*\nroot 600 0 .*main\n$/);

    // Saved once, told once: an end that nobody foresaw says so.
    await stopAndStart(id);
    const unforeseen = await prompted(id);
    expect(unforeseen.text).toMatch(LOST);
    expect(unforeseen.text).not.toMatch(/first-42/);
  });
});

test('the first shell of a terminal begins with its prompt', async () => {
  const id = await sandboxes.start();
  expect((await prompted(id)).text).not.toMatch(/—/);
  await stopAndStart(id);
  // Another one than the one that was there.
  expect((await prompted(id, 'other')).text).not.toMatch(/—/);
});

test('a terminal that was closed is forgotten', async () => {
  const id = await sandboxes.start();
  const terminal = await prompted(id, 'extra-1');
  terminal.type('echo secret-$((40+2))\n');
  await terminal.shows(/secret-42/);
  await save(id, 'the sandbox was stopped');
  await askInit(await sandboxes.driver.connect(id), { op: 'close', name: 'extra-1' }, 5000);
  await stopAndStart(id);
  expect((await prompted(id, 'extra-1')).text).not.toMatch(/secret-42|—/);
});

test('on a full disk nothing is saved, nothing breaks, and the shell says that it is lost', async () => {
  const id = await sandboxes.start();
  const terminal = await prompted(id);
  terminal.type('head -c 100000 /dev/zero | tr "\\0" "x"; echo\n');
  await terminal.shows(/x\r\n/);
  await sandboxes.run(id, 'cat /dev/zero > /home/learner/full', { root: true, timeoutMs: 60_000 });
  await sandboxes.run(id, 'cat /dev/zero > /root/full', { root: true, timeoutMs: 60_000 });
  await save(id, 'the sandbox was stopped');
  await sandboxes.run(id, 'rm -f /home/learner/full /root/full', { root: true });
  await stopAndStart(id);
  expect((await prompted(id)).text).toMatch(LOST);
});

test('what a terminal program drew over the whole screen is left out, and its modes are off', async () => {
  const id = await sandboxes.start();
  const terminal = await prompted(id);
  terminal.type('echo kept-$((40+2)); printf "\\033[?1049h\\033[?1000h\\033[31mdrawn-$((40+2))"; cat\n');
  await terminal.shows(/drawn-42/);
  await save(id, 'the sandbox was stopped');
  await stopAndStart(id);
  const { text } = await prompted(id);
  expect(text).toMatch(/kept-42/);
  expect(text).not.toMatch(/drawn-42|\x1b\[\?1049h/);
  expect(text).toMatch(/\x1b\[\?1000l.*This shell ended/s);
});
