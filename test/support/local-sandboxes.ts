/**
 * Sandboxes in memory whose scripts run on this machine, each in a home of its own: for tests of what comes of a check.
 * Terminals are the toy shell's; what a test does to the files, it does to the home.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duplexPair, type Duplex } from 'node:stream';
import { FakeDriver } from '../../sandbox-server/sandbox/fake/driver.ts';
import type { CallOptions } from '../../sandbox-server/sandbox/driver.ts';
import { localInit } from './local-init.ts';

export class LocalDriver extends FakeDriver implements Disposable {
  private readonly homes = new Map<string, string>();
  /** How many scripts were run. */
  ran = 0;

  /** The home of the only sandbox, or of the one of this id. */
  home(id = [...this.host.sandboxes.keys()][0]!): string {
    const known = this.homes.get(id) ?? mkdtempSync(join(tmpdir(), 'slipway-home-'));
    this.homes.set(id, known);
    return known;
  }

  /** Ids of all that there are. */
  get ids(): string[] {
    return [...this.host.sandboxes.keys()];
  }

  override async connect(id: string, options?: CallOptions): Promise<Duplex> {
    const toy = await super.connect(id, options);
    const [ours, theirs] = duplexPair();
    ours.on('error', () => {});
    // The first line says who serves the stream.
    ours.once('data', (first: Buffer) => {
      const isScript = first.toString('utf8').startsWith('{"op":"exec"');
      if (isScript) this.ran++;
      const server = isScript ? localInit({ home: this.home(id) }) : toy;
      server.on('error', () => {});
      server.write(first);
      ours.pipe(server).pipe(ours);
      ours.once('close', () => server.destroy());
    });
    return theirs;
  }

  [Symbol.dispose](): void {
    for (const home of this.homes.values()) rmSync(home, { recursive: true, force: true });
  }
}
