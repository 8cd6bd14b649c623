/** What a live figure shows, against what programs of the sandbox find out themselves. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PictureBox, SandboxPicture } from '../../sandbox-server/protocol/figure.ts';
import { Pictures } from '../../sandbox-server/sandbox/init/pictures.ts';
import { buildBusybox, dockerIn, ENGINES } from '../support/engine.ts';
import { RealSandboxes } from '../support/sandboxes.ts';
import { TestTerminal } from '../support/terminal.ts';

let sandboxes: RealSandboxes;

beforeAll(async () => {
  sandboxes = await RealSandboxes.open();
});
afterAll(() => sandboxes?.[Symbol.asyncDispose]());

/** Pictures of a sandbox, the newest last. */
function draw(id: string): { all: SandboxPicture[]; newest: () => SandboxPicture | undefined } & Disposable {
  const all: SandboxPicture[] = [];
  const pictures = new Pictures({
    connect: () => sandboxes.driver.connect(id),
    onPicture: (picture) => all.push(picture),
    log: { debug() {} },
  });
  return { all, newest: () => all.at(-1), [Symbol.dispose]: () => pictures[Symbol.dispose]() };
}

const commands = (box: PictureBox | undefined) => box?.processes.map(({ command }) => command);

test('a shell that was unshared is in a box of its own, with the numbers that readlink prints', async () => {
  const id = await sandboxes.start(sandboxes.specOf('containers'));
  const sh = dockerIn(sandboxes, id);
  const main = await TestTerminal.open(sandboxes.driver, id, 'main');
  await main.shows(/\$ /);
  using drawn = draw(id);
  await expect.poll(() => commands(drawn.newest()?.box)).toEqual(['slipway-init', 'bash']);
  const { box, kernel, use, hostname } = drawn.newest()!;
  console.log(JSON.stringify(drawn.newest(), null, 1));
  expect(box.boxes).toEqual([]);
  expect(await sh('uname -r')).toBe(`${kernel}\n`);
  expect(hostname).toBe('slip');
  for (const [kind, inode] of Object.entries(box.own)) {
    expect(await sh(`readlink /proc/self/ns/${kind}`)).toBe(`${kind}:[${inode}]\n`);
  }
  main.type('sudo unshare --pid --fork --mount-proc bash\n');
  const within = () => drawn.newest()?.box.boxes[0]?.boxes[0];
  await expect.poll(() => commands(within())).toEqual(['bash']);
  console.log(JSON.stringify(drawn.newest()!.box, null, 1));
  main.type('exit\n');
  await expect.poll(() => drawn.newest()?.box.boxes).toEqual([]);
  await buildBusybox(sh);
  await sh('docker run -d --name web box sleep 1000');
  await expect.poll(() => drawn.newest()?.box.boxes[0]?.container).toEqual({ name: 'web', image: 'box' });
  console.log(JSON.stringify(drawn.newest(), null, 1));
});
