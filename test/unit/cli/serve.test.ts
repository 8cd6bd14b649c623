import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';

import { banner } from '../../../sandbox-server/cli/serve/banner.ts';
import { Child } from '../../../sandbox-server/cli/serve/child.ts';
import { takeLock } from '../../../sandbox-server/cli/serve/lock.ts';
import { createLogFile, warningOf } from '../../../sandbox-server/cli/serve/log-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const plain = (_: unknown, text: string) => text;

function child(script: string) {
  const calls = { onLine: vi.fn(), onReady: vi.fn(), onRestart: vi.fn() };
  const command = [process.execPath, '--input-type=module', '--eval', script];
  return { ...calls, child: new Child({ name: 'gateway', command, env: {}, ...calls }) };
}

describe('a process of the server', () => {
  const READY = `process.send({ type: 'ready', port: 7 });`;

  test('tells that it is ready, and ends when it is told to', async () => {
    const { child: served, onReady, onRestart } = child(`${READY} setInterval(() => {}, 1000);`);
    const alive = served.keepAlive();
    await vi.waitFor(
      () => expect(onReady).toHaveBeenCalledWith({ type: 'ready', port: 7 }, expect.any(Function)),
      5000,
    );
    await served.end();
    await alive;
    expect(onRestart).not.toHaveBeenCalled();
  });

  test('is started again when it dies', async () => {
    const { child: served, onReady, onRestart } = child(`${READY} process.disconnect(); process.exitCode = 3;`);
    const alive = served.keepAlive();
    await vi.waitFor(() => expect(onReady).toHaveBeenCalledTimes(2), 5000);
    expect(onRestart).toHaveBeenCalledWith('exit 3');
    await served.end();
    await alive;
  });

  test('is given up when it dies again and again', async () => {
    await expect(child('process.exit(1)').child.keepAlive()).rejects.toThrow('ended 5 times within a minute (exit 1)');
  });

  test('is not started again when it says that it cannot run', async () => {
    const failed = `{ type: 'failed', code: 'port', text: 'Port 80 is taken.', mend: 'Use --port.' }`;
    const { child: served, onRestart } = child(`process.send(${failed}, () => process.exit(1))`);
    await expect(served.keepAlive()).rejects.toMatchObject({ what: 'Port 80 is taken.', mend: 'Use --port.' });
    expect(onRestart).not.toHaveBeenCalled();
  });
});

describe('the lock of a folder', () => {
  test('is held by one at a time, who tells of themselves', () => {
    const folder = temporaryFolder();
    const first = takeLock(folder);
    if (!('lock' in first)) throw new Error('expected the lock');
    first.lock.tell({ pid: 42, data: '/d', urls: ['http://localhost:8080'] });
    expect(takeLock(folder)).toEqual({ holder: { pid: 42, data: '/d', urls: ['http://localhost:8080'] } });
    first.lock[Symbol.dispose]();
    const second = takeLock(folder);
    expect(second).toHaveProperty('lock');
    if ('lock' in second) second.lock[Symbol.dispose]();
  });

  test('that cannot be made says which folder, and why', () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, '');
    expect(() => takeLock(path)).toThrow(expect.objectContaining({ what: `The folder ${path} cannot be used.` }));
  });
});

describe('the log', () => {
  test.each([
    ['{"level":30,"msg":"a request"}', undefined],
    ['{"level":40,"msg":"slow"}', 'slow'],
    ['{"level":50,"msg":"failed","err":{"message":"ENOSPC"}}', 'failed: ENOSPC'],
    ['TypeError: x is not a function', 'TypeError: x is not a function'],
    ['"a string"', '"a string"'],
    ['null', 'null'],
  ])('%s is shown as %s', (line, shown) => {
    expect(warningOf(line)).toBe(shown);
  });

  test('keeps every line in a file and shows the warnings', () => {
    const path = join(temporaryFolder(), 'log', 'gateway.log');
    const show = vi.fn();
    const log = createLogFile(path, show);
    log('{"level":30,"msg":"one"}');
    log('{"level":40,"msg":"two"}');
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
    expect(show.mock.calls).toEqual([['two']]);
  });

  test('that cannot be written does not end the server', () => {
    const folder = temporaryFolder();
    const show = vi.fn();
    createLogFile(folder, show)('{"level":40,"msg":"still shown"}');
    expect(show).toHaveBeenCalledWith('still shown');
  });
});

describe('the address to open', () => {
  const facts = { accessCode: undefined, sandboxes: true, logs: '/var/lib/slipway/log' };
  const local = ['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080'];

  test('is one on loopback', () => {
    const text = banner({ ...facts, urls: local }, plain);
    expect(text.match(/http\S+/g)).toEqual(['http://127.0.0.1:8080/']);
  });

  test('is each that others can use, with the access code', () => {
    const text = banner({ ...facts, urls: [...local, 'http://10.0.0.5:8080'], accessCode: 'abc' }, plain);
    expect(text.match(/http\S+/g)).toEqual(['http://10.0.0.5:8080/join/#abc']);
  });
});
