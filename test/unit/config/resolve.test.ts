import { describe, expect, test } from 'vitest';

import { ConfigProblem, resolveSettings, type Settings, withPort } from '../../../sandbox-server/config.ts';
import type { HostFacts } from '../../../sandbox-server/config/settings.ts';
import { HOST } from './host.ts';

interface Given {
  argv?: string[];
  env?: Record<string, string>;
  file?: string;
  host?: Partial<HostFacts>;
}

function resolve({ argv = [], env = {}, file = '', host = {} }: Given): Settings {
  return resolveSettings({ argv, env, readFile: () => file }, { ...HOST, ...host });
}

function problemOf(given: Given): string {
  try {
    resolve(given);
  } catch (error) {
    if (error instanceof ConfigProblem) return error.message;
    throw error;
  }
  return 'no problem';
}

const inFile = (file: string): Given => ({ argv: ['--config', 'class.yaml'], file });

describe('a setting', () => {
  test('comes from its argument before the environment, the environment before the file, the file before the default', () => {
    const file = 'port: 3';
    const env = { SLIPWAY_PORT: '2', SLIPWAY_CONFIG: 'class.yaml' };
    expect(resolve({ argv: ['--port', '1'], env, file }).port).toBe(1);
    expect(resolve({ env, file }).port).toBe(2);
    expect(resolve(inFile(file)).port).toBe(3);
    expect(resolve({}).port).toBe(8080);
  });

  test.each<[string[], Partial<Settings>]>([
    [['--memory', '1GiB'], { memory: 2 ** 30 }],
    [['--memory=100MB'], { memory: 100_000_000 }],
    [['--disk', '1.5GiB'], { disk: 1.5 * 2 ** 30 }],
    [['--idle-stop', '90'], { idleStop: 90 * 60_000 }],
    [['--idle-stop', '2h'], { idleStop: 2 * 3_600_000 }],
    [['--expiry', '0'], { expiry: 0 }],
    [['--start-timeout', '5'], { startTimeout: 5_000 }],
    [['--cpus', '0.5'], { cpus: 0.5 }],
    [
      ['--url', 'http://Class.example/', '--url', 'https://b.example:443'],
      { url: ['http://class.example', 'https://b.example'] },
    ],
    [['--data', 'here'], { data: '/home/trainer/here' }],
    [['--engine-memory', '256MiB', '--memory', '64MiB'], { maxSandboxes: 128 }],
    [['--memory', '2GiB'], { maxSandboxes: 16 }],
  ])('%j is read', (argv, expected) => {
    expect(resolve({ argv })).toMatchObject(expected);
  });

  test('may be a list in the file and in the environment', () => {
    expect(resolve(inFile('url: [http://a.example, http://b.example]')).url).toEqual([
      'http://a.example',
      'http://b.example',
    ]);
    expect(resolve({ env: { SLIPWAY_URL: 'http://a.example, http://b.example' } }).url).toHaveLength(2);
  });

  test('may stand in a JSON file', () => {
    expect(resolve(inFile('{"port": 81, "host": "10.0.0.5"}'))).toMatchObject({ port: 81, host: '10.0.0.5' });
  });

  test('that is a folder in the file counts from the file’s place', () => {
    expect(resolve({ argv: ['--config', '/etc/slipway/class.yaml'], file: 'data: data' }).data).toBe(
      '/etc/slipway/data',
    );
  });
});

describe('a wrong value', () => {
  test.each<[Given, ...string[]]>([
    [{ argv: ['--port', 'abc'] }, '--port', '"abc"', '0 to 65535'],
    [{ argv: ['--port', '65536'] }, '--port', '"65536"'],
    [{ argv: ['--port', ''] }, '--port', '""'],
    [{ argv: ['--port', '1', '--port', '2'] }, '--port is given twice'],
    [{ argv: ['--port'] }, '--port needs a value', '0 to 65535'],
    [{ argv: ['--host', '--port', '80'] }, '--host needs a value'],
    [{ argv: ['--host', 'bad'] }, '--host', '"bad"', 'IP address'],
    [{ argv: ['--prot', '80'] }, '--prot is not a setting', 'Did you mean --port?'],
    [{ argv: ['--zzz', '80'] }, '--zzz is not a setting.'],
    [{ argv: ['-p', '80'] }, '-p is not a setting'],
    [{ argv: ['80'] }, '"80" is not an argument'],
    [{ argv: ['--url', 'http://a.example/path'] }, '--url', 'without a path'],
    [{ argv: ['--url', 'ftp://a.example'] }, '--url', 'http://'],
    [{ argv: ['--url', 'http://user@a.example'] }, '--url'],
    [{ argv: ['--access', 'closed'] }, '"closed"', 'open, code'],
    [{ argv: ['--memory', '512 apples'] }, '"512 apples"', '512MiB'],
    [{ argv: ['--memory', '1MiB'] }, '"1MiB"', 'at least 32MiB'],
    [{ argv: ['--memory', '5constructor'] }, '"5constructor"'],
    [{ argv: ['--networks', 'all'] }, '"all"', 'none, internet'],
    [{ argv: ['--network-shut', '10.0.0.0'] }, '"10.0.0.0"', '141.20.0.0/16'],
    [{ argv: ['--network-shut', '10.0.0.0/33'] }, '"10.0.0.0/33"'],
    [{ argv: ['--network-shut', '2001:db8::/32'] }, '"2001:db8::/32"'],
    [{ argv: ['--user', 'root'] }, 'user', '"root"'],
    [{ argv: ['--run', `/${'x'.repeat(41)}`] }, 'at most 40 characters'],
    [{ argv: ['--data', '/srv', '--run', '/srv'] }, 'two folders'],
    [{ argv: ['--data', '/'] }, 'two folders'],
    [{ argv: ['--id-base', '4294836224', '--id-count', '268435456'] }, 'idBase', 'idCount'],
    [{ argv: ['--idle-freeze', '2h'] }, 'idleFreeze', 'idleStop'],
    [{ env: { SLIPWAY_PORT: 'abc' } }, 'SLIPWAY_PORT', '"abc"', '0 to 65535'],
    [{ env: { SLIPWAY_PROT: '80' } }, 'SLIPWAY_PROT', 'Did you mean SLIPWAY_PORT?'],
    [inFile('host: 127.0.0.1\nport: abc'), 'class.yaml:2: port', '"abc"', '0 to 65535'],
    [inFile('host: 127.0.0.1\n\nprot: 80'), 'class.yaml:3: prot', 'Did you mean port?'],
    [inFile('port: [80, 81]'), 'class.yaml:1: port', 'one value'],
    [inFile('port:'), 'class.yaml:1: port', 'one value'],
    [inFile('port: 1\nport: 2'), 'class.yaml:2', 'not YAML'],
    [inFile('port: "80'), 'class.yaml:1', 'not YAML'],
    [inFile('- 80'), 'class.yaml:1', 'port: 8080'],
    [inFile('__proto__: 80'), 'class.yaml:1: __proto__ is not a setting'],
  ])('of %j is told with its place and what is allowed', (given, ...parts) => {
    const problem = problemOf(given);
    for (const part of parts) expect(problem).toContain(part);
  });

  test('such as a file that cannot be read is told', () => {
    const readFile = () => {
      throw new Error('ENOENT: no such file or directory');
    };
    expect(() => resolveSettings({ argv: ['--config', 'x.yaml'], env: {}, readFile }, HOST)).toThrow(
      /cannot be read: ENOENT/,
    );
  });
});

describe('the defaults', () => {
  test('believe no proxy', () => {
    expect(resolve({}).trustedProxies).toEqual([]);
    expect(resolve({ env: { SLIPWAY_TRUSTED_PROXIES: '127.0.0.1' } }).trustedProxies).toEqual(['127.0.0.1']);
    expect(() => resolve({ argv: ['--trusted-proxies', 'proxy.example'] })).toThrow(/"proxy.example" cannot be used/);
  });

  test('keep the server to this machine, open', () => {
    const { host, access, url } = resolve({});
    expect({ host, access, url }).toEqual({
      host: '127.0.0.1',
      access: 'open',
      url: ['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080'],
    });
  });

  test('let no sandbox out', () => {
    expect(resolve({}).networks).toEqual(['none']);
    expect(resolve({}).networkShut).toEqual([]);
  });

  test.each([
    ['10.0.0.5', ['http://10.0.0.5:8080']],
    ['0.0.0.0', ['http://10.0.0.5:8080', 'http://192.168.1.7:8080']],
  ])('ask for a code on %s, and know its addresses', (host, more) => {
    const settings = resolve({ argv: ['--host', host] });
    expect(settings.access).toBe('code');
    expect(settings.url.slice(3)).toEqual(more);
    expect(settings.url.join()).not.toContain('0.0.0.0');
  });

  test('leave out the port that a browser leaves out', () => {
    expect(resolve({ argv: ['--port', '80'] }).url).toContain('http://localhost');
  });

  test('give way to the origins that are named', () => {
    expect(resolve({ argv: ['--url', 'https://class.example'] }).url).toEqual(['https://class.example']);
  });

  test('put the data of an ordinary user at home', () => {
    const { data, run } = resolve({ host: { root: false } });
    expect({ data, run }).toEqual({ data: HOST.userData, run: HOST.userRun });
  });

  test('count on a quarter of the larger memory limit, and leave 1 GiB', () => {
    expect(resolve({}).maxSandboxes).toBe(32);
    expect(resolve({ host: { memoryBytes: 2 ** 29 } }).maxSandboxes).toBe(1);
  });
});

test('a port that the kernel chose takes its place in the origins', () => {
  const { url } = resolve({ argv: ['--port', '0'] });
  expect(withPort(url, 40_123)).toEqual(['http://127.0.0.1:40123', 'http://localhost:40123', 'http://[::1]:40123']);
});
