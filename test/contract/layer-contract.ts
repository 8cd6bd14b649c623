/**
 * What the contract of sandbox-server/sandbox/driver.ts says of layers, as a suite. The first part is in words that the toy
 * shell knows too; what files are besides their content is asked of real sandboxes only.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SandboxDriver, SandboxSpec } from '../../sandbox-server/sandbox/driver.ts';
import { randomId } from '../../sandbox-server/session/ids.ts';
import { TestTerminal } from '../support/terminal.ts';

interface LayersUnderTest extends AsyncDisposable {
  driver: SandboxDriver;
  spec: SandboxSpec;
}

const NO_FILE = /No such file|no such file/;

/** A suite that makes sandboxes and layers, and removes them after each test. */
export function describeLayers(
  name: string,
  open: () => Promise<LayersUnderTest>,
  more: (host: LayerHost) => void = () => {},
): void {
  describe(`layers, kept by the ${name} driver`, () => {
    const host = new LayerHost(open);
    beforeAll(() => host.open());
    afterEach(() => host.clear());
    afterAll(() => host.close());

    test('what a sandbox wrote is in every sandbox that is made with it, and nothing of who writes there comes back', async () => {
      const first = await host.start();
      await host.type(first, 'echo one > note');
      const layer = await host.snapshot(first);
      const [second, third] = [await host.start([layer]), await host.start([layer])];
      expect(await host.type(second, 'cat note')).toMatch(/one/);
      await host.type(second, 'echo two > note');
      await host.type(second, 'echo more > other');
      expect(await host.type(second, 'cat note')).toMatch(/two/);
      expect(await host.type(third, 'cat note')).toMatch(/one/);
      const fourth = await host.start([layer]);
      expect(await host.type(fourth, 'cat note')).toMatch(/one/);
      expect(await host.type(fourth, 'cat other')).toMatch(NO_FILE);
    });

    test('a file that was deleted stays deleted, through several layers', async () => {
      const first = await host.start();
      await host.type(first, 'echo one > gone');
      const lower = await host.snapshot(first);
      const second = await host.start([lower]);
      await host.type(second, 'rm gone');
      await host.type(second, 'echo two > made');
      const upper = await host.snapshot(second);
      const third = await host.start([lower, upper]);
      expect(await host.type(third, 'cat gone')).toMatch(NO_FILE);
      expect(await host.type(third, 'cat made')).toMatch(/two/);
      const other = await host.start([lower]);
      expect(await host.type(other, 'cat gone')).toMatch(/one/);
    });

    test.each(['ready', 'frozen', 'stopped'] as const)(
      'a sandbox that is %s gives its files, and stays so',
      async (state) => {
        const id = await host.start();
        await host.type(id, `echo ${state} > note`);
        if (state === 'frozen') await host.driver.freeze(id);
        if (state === 'stopped') await host.driver.stop(id);
        const layer = await host.snapshot(id);
        expect(await host.driver.status(id)).toBe(state);
        await host.driver.start(id);
        await host.type(id, 'echo later > note');
        const other = await host.start([layer]);
        expect(await host.type(other, 'cat note')).toMatch(new RegExp(state));
      },
    );

    test('a shell goes on after its sandbox stood still for a layer', async () => {
      const id = await host.start();
      const terminal = await TestTerminal.open(host.driver, id, 'main');
      await terminal.shows(/\$ /);
      await host.snapshot(id);
      terminal.type('echo alive\n');
      await terminal.shows(/echo alive\r\n[^]*alive\r\n/);
    });

    test('a second snapshot under the same name changes nothing, whichever sandbox it is of', async () => {
      const [first, second] = [await host.start(), await host.start()];
      await host.type(first, 'echo one > note');
      const layer = await host.snapshot(first);
      await host.type(first, 'echo two > note');
      await host.type(second, 'echo three > note');
      await host.driver.snapshot(first, layer);
      await host.driver.snapshot(second, layer);
      const other = await host.start([layer]);
      expect(await host.type(other, 'cat note')).toMatch(/one/);
    });

    test('a layer that is not there is an error of its own, and leaves no sandbox', async () => {
      const id = randomId();
      const creation = host.driver.create(id, { ...host.spec, layers: ['no-such-layer'] });
      await expect(creation).rejects.toMatchObject({ name: 'DriverError', code: 'layer-missing' });
      expect(await host.driver.status(id)).toBe('gone');
    });

    test('a layer under a disk cannot be removed; without disks it can, and once more', async () => {
      const layer = await host.snapshot(await host.start());
      const over = await host.start([layer]);
      await host.driver.stop(over);
      await expect(host.driver.removeLayer(layer)).rejects.toMatchObject({ code: 'layer-in-use' });
      expect(await host.driver.layers()).toContain(layer);
      await host.driver.destroy(over);
      await host.driver.removeLayer(layer);
      await host.driver.removeLayer(layer);
      expect(await host.driver.layers()).not.toContain(layer);
    });

    test('a sandbox keeps its layers over a stop', async () => {
      const first = await host.start();
      await host.type(first, 'echo one > note');
      const over = await host.start([await host.snapshot(first)]);
      await host.type(over, 'echo mine > own');
      await host.driver.stop(over);
      await host.driver.start(over);
      expect(await host.type(over, 'cat note')).toMatch(/one/);
      expect(await host.type(over, 'cat own')).toMatch(/mine/);
    });

    more(host);
  });
}

export class LayerHost {
  private readonly opener: () => Promise<LayersUnderTest>;
  private subject!: LayersUnderTest;
  private sandboxes: string[] = [];
  private layers: string[] = [];
  private terminals = 0;

  constructor(opener: () => Promise<LayersUnderTest>) {
    this.opener = opener;
  }

  get driver(): SandboxDriver {
    return this.subject.driver;
  }

  get spec(): SandboxSpec {
    return this.subject.spec;
  }

  async open(): Promise<void> {
    this.subject = await this.opener();
  }

  async close(): Promise<void> {
    await this.subject?.driver[Symbol.asyncDispose]();
    await this.subject?.[Symbol.asyncDispose]();
  }

  async clear(): Promise<void> {
    for (const id of this.sandboxes) await this.driver.destroy(id);
    for (const layer of this.layers) await this.driver.removeLayer(layer);
    this.sandboxes = [];
    this.layers = [];
  }

  async start(layers?: string[], spec: Partial<SandboxSpec> = {}): Promise<string> {
    const id = randomId();
    this.sandboxes.push(id);
    await this.driver.create(id, { ...this.spec, ...spec, ...(layers ? { layers } : {}) });
    await this.driver.start(id);
    return id;
  }

  async snapshot(id: string): Promise<string> {
    const layer = `layer.${randomId()}`;
    this.layers.push(layer);
    await this.driver.snapshot(id, layer);
    return layer;
  }

  /** Types a line into a terminal of its own; what it printed. */
  async type(id: string, line: string): Promise<string> {
    const terminal = await TestTerminal.open(this.driver, id, `t${++this.terminals}`);
    await terminal.shows(/\$ /);
    terminal.type(`${line}\n`);
    await terminal.shows(/\$ [^]*\r\n[^]*\$ /);
    const { text } = terminal;
    terminal.close();
    return text.slice(text.indexOf(line) + line.length);
  }
}
