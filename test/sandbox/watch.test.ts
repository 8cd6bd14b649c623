import { expect, test } from 'vitest';
import { Watch, type WatchEvent } from '../../sandbox-server/sandbox/init/watch.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestTerminal } from '../support/terminal.ts';

test('the server hears of commands in every terminal, whether or not anybody looks at it', async () => {
  await using sandboxes = await RealSandboxes.open();
  const id = await sandboxes.start();
  const { driver } = sandboxes;
  const events: WatchEvent[] = [];
  const main = await TestTerminal.open(driver, id, 'main');
  await main.hears('prompt');
  await main.shows(/\$ /);
  using _watch = new Watch({
    connect: () => driver.connect(id),
    onEvent: (event) => events.push(event),
    sandbox: 'a-sandbox',
    log: { debug() {}, warn() {} },
  });
  await expect.poll(() => events).toEqual([{ type: 'prompt', terminal: 'main', waiting: true, sure: true }]);
  main.type('sleep 0.3; false\n');
  main.close();
  const other = await TestTerminal.open(driver, id, 'other');
  await other.shows(/\$ /);
  const ofMain = () => events.filter(({ terminal }) => terminal === 'main').slice(1);
  await expect.poll(ofMain).toEqual([
    { type: 'prompt', terminal: 'main', waiting: false, sure: true },
    { type: 'command-ended', terminal: 'main', status: 1 },
    { type: 'prompt', terminal: 'main', waiting: true, sure: true },
  ]);
  expect(events).toContainEqual({ type: 'prompt', terminal: 'other', waiting: true, sure: true });
});
