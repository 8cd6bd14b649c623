import { request } from 'node:http';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ServerMessage } from '../../sandbox-server/protocol/messages.ts';
import { bothProfiles, PROFILE_COURSES, terminalIn } from '../support/both-profiles.ts';
import { counted } from '../support/counts.ts';
import { footprint, usageOf } from '../support/residue.ts';
import { TestServer } from '../support/server.ts';

/** In all, half of them under each runtime. */
const SANDBOXES = counted({ usual: 100, long: 5000 });
const AT_ONCE = 5;

/** Descriptors of a process that are open for a moment: sockets that are closing, a pipe to a tool. */
const FEW_DESCRIPTORS = 12;

/**
 * Node lets its heap grow before it cleans up, and then stays there: the second half of the sandboxes must not need more
 * than the first. A leak of 20 kB a sandbox is more than this in a long run, one of a MB in a usual one.
 */
const GROWTH_MB = 20;

/** A learner at an address of their own: what one address may ask in a minute is not what this is about. */
class Learner {
  private readonly server: TestServer;
  private readonly localAddress: string;
  private cookie = '';

  constructor(server: TestServer, n: number) {
    this.server = server;
    this.localAddress = `127.${1 + (n >> 14)}.${(n >> 7) & 127}.${1 + (n & 127)}`;
  }

  /** Comes, has a shell, and deletes all that there is of them. */
  async comeAndGo(path: string): Promise<void> {
    await this.post('/api/session', 200);
    await this.atPrompt(path);
    await this.post('/api/progress/delete', 204);
  }

  private post(path: string, status: number): Promise<void> {
    const { url } = this.server;
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', origin: url, cookie: this.cookie };
      const asked = request(
        `${url}${path}`,
        { method: 'POST', localAddress: this.localAddress, headers, agent: false },
        (response) => {
          response.resume();
          this.cookie = response.headers['set-cookie']?.[0]?.split(';')[0] ?? this.cookie;
          response.once('end', () =>
            response.statusCode === status ? resolve() : reject(new Error(`${path}: ${response.statusCode}`)),
          );
        },
      );
      asked.once('error', reject);
      asked.end('{}');
    });
  }

  private atPrompt(path: string): Promise<void> {
    const { url } = this.server;
    const headers = { origin: url, cookie: this.cookie };
    const webSocket = new WebSocket(url.replace('http', 'ws') + path, { headers, localAddress: this.localAddress });
    return new Promise((resolve, reject) => {
      webSocket.once('error', reject);
      let prompted = false;
      webSocket.once('close', (code) => (prompted ? resolve() : reject(new Error(`closed by ${code}`))));
      webSocket.once('open', () =>
        webSocket.send(JSON.stringify({ type: 'open', visible: true, columns: 80, rows: 24 })),
      );
      webSocket.on('message', (data: Buffer, isBinary) => {
        const { type } = isBinary ? { type: '' } : (JSON.parse(data.toString()) as ServerMessage);
        if (type !== 'prompt') return;
        prompted = true;
        webSocket.close();
      });
    });
  }
}

test.each(['crun', 'runc'] as const)(
  `under %s, ${SANDBOXES / 2} sandboxes made and destroyed leave the host and the server as they were`,
  { timeout: 60_000 + SANDBOXES * 500 },
  async (runtime) => {
    await using server = await TestServer.start({
      ...bothProfiles(),
      runtime,
      logLevel: 'warn',
      registry: { mode: 'off' },
    });
    let made = 0;
    const some = async (count: number) => {
      const until = made + count;
      const inTurn = async () => {
        while (made < until) {
          const n = made++;
          await new Learner(server, n).comeAndGo(terminalIn(PROFILE_COURSES[n % 2]!));
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, inTurn));
    };
    const usage = () => ({ gateway: usageOf(server.pid('gateway')), supervisor: usageOf(server.pid('supervisor')) });

    const empty = footprint(server.config);
    // What is grown once for all: code that is compiled, pools, caches.
    await some(Math.max(10, SANDBOXES / 10));
    const begin = usage();
    const began = performance.now();
    const rest = SANDBOXES / 2 - made;
    await some(Math.floor(rest / 2));
    const before = usage();
    await some(Math.ceil(rest / 2));
    await expect.poll(() => footprint(server.config), { timeout: 5000 }).toEqual(empty);
    const after = usage();
    console.log(
      `${runtime}: ${SANDBOXES / 2} sandboxes, ${Math.round((performance.now() - began) / 1000)} s;`,
      `begin ${JSON.stringify(begin)}, half ${JSON.stringify(before)}, end ${JSON.stringify(after)}`,
    );
    for (const part of ['gateway', 'supervisor'] as const) {
      expect(after[part].descriptors - begin[part].descriptors, part).toBeLessThan(FEW_DESCRIPTORS);
      expect(after[part].megabytes - before[part].megabytes, part).toBeLessThan(GROWTH_MB);
    }
  },
);
