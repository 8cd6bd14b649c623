/** The class registry as a learner's engine meets it: a real server, real registries, a real engine in a real sandbox. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OciDriver } from '../../sandbox-server/sandbox/oci/driver.ts';
import { runInSandbox } from '../../sandbox-server/sandbox/init/ask.ts';
import { TestPage, visit } from '../support/gateway.ts';
import { HELLO } from '../support/hello.ts';
import { TestServer } from '../support/server.ts';

const TERMINAL = '/api/courses/containers-and-docker/terminals/main';
/** Runs a script in Ada's sandbox. */
const sh = (script: string) => ada!.sh(script);

/** Small, so that a test reaches it: a few images of busybox. */
const MINE_BYTES = 3_000_000;
/** An image of a gigabyte is fetched, and a compiler runs in it. */
const COMPILER_MS = 240_000;

let server: TestServer;
let driver: OciDriver;
let ada: Learner | undefined;

interface Learner {
  cookie: string;
  /** Runs a script and resolves to what it printed on both outputs, whatever its status. */
  sh(script: string): Promise<string>;
}

beforeAll(async () => {
  server = await TestServer.startWithRegistry({ registryBytes: MINE_BYTES });
  driver = new OciDriver({ run: server.config.run, socket: server.config.paths.supervisorSocket });
});
// Not in beforeAll: waiting for what a page hears is an assertion.
beforeEach(async () => {
  ada ??= await arrive();
});
afterAll(async () => {
  await driver?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

async function arrive(): Promise<Learner> {
  const cookie = await visit(server.url);
  const before = new Set((await driver.list()).map(({ id }) => id));
  const page = await TestPage.open(server.url, cookie, TERMINAL);
  await page.attach();
  const { id } = (await driver.list()).find((each) => !before.has(each.id))!;
  const sh = async (script: string) => {
    const request = { op: 'exec' as const, argv: ['bash', '-c', `{ ${script}\n} 2>&1`], timeoutMs: COMPILER_MS };
    return (await runInSandbox(await driver.connect(id), request)).stdout.toString('utf8');
  };
  return { cookie, sh };
}

describe('an image that the course lists', () => {
  test('is there under the name that it has everywhere, without internet', async () => {
    expect(await sh('docker pull busybox')).toContain('Status: Downloaded newer image for busybox:latest');
    expect(await sh('docker run --rm busybox echo from busybox')).toBe('from busybox\n');
    expect(await sh('docker run --rm debian:bookworm-slim cat /etc/debian_version')).toMatch(/\n12\.\d+\n$/);
  });

  test('says where it is from', async () => {
    expect(await sh('docker inspect -f "{{json .Config.Labels}}" busybox')).toMatch(
      /from Debian bookworm packages.*Not the image of that name on Docker Hub/,
    );
  });

  test('is a base for the learner’s own, with both builders', async () => {
    const dockerfile = `printf 'FROM busybox\\nRUN echo made > /made\\n'`;
    expect(await sh(`${dockerfile} | docker build -q -t one - && docker run --rm one cat /made`)).toMatch(/made\n$/);
    const built = `${dockerfile} | DOCKER_BUILDKIT=1 docker build --no-cache --progress plain -t two - && docker run --rm two cat /made`;
    expect(await sh(built)).toMatch(/made\n$/);
  });

  test(
    'compiles a Go program into an image with nothing beside it',
    async () => {
      await sh(`mkdir -p ~/hello && cd ~/hello && cat > main.go <<'END'
package main

import "fmt"

func main() { fmt.Println(${JSON.stringify(HELLO.trim())}) }
END
printf 'module hello\\n\\ngo 1.19\\n' > go.mod
cat > Dockerfile <<'END'
FROM golang AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /hello .

FROM scratch
COPY --from=build /hello /hello
CMD ["/hello"]
END`);
      expect(await sh('cd ~/hello && docker build -t hello . | tail -1')).toBe('Successfully tagged hello:latest\n');
      expect(await sh('docker run --rm hello')).toBe(HELLO);
      expect(Number(await sh('docker inspect -f "{{.Size}}" hello'))).toBeLessThan(3_000_000);
    },
    COMPILER_MS,
  );
});

describe('an image that nobody has', () => {
  const SENTENCE = 'there is no internet in this sandbox, and the class registry has no such image';

  test.each([
    ['docker pull nothing-such', SENTENCE],
    ['printf "FROM nothing-such\\n" | docker build -', SENTENCE],
    ['printf "FROM nothing-such\\n" | DOCKER_BUILDKIT=1 docker build -', SENTENCE],
    ['printf "# syntax=docker/dockerfile:1\\nFROM busybox\\n" | DOCKER_BUILDKIT=1 docker build -', SENTENCE],
    ['docker pull ghcr.io/someone/something', 'there is no internet in this sandbox'],
  ])('%s: ends in a sentence, not in a resolver’s error', async (command, sentence) => {
    const said = await sh(`${command}; echo status $?`);
    expect(said).toContain(sentence);
    expect(said).toMatch(/status [1-9]/);
    expect(said).not.toMatch(/lookup|dial tcp|no such host|i\/o timeout/);
  });

  test('can be looked for', async () => {
    expect(await sh('docker search --format "{{.Name}}" registry.local/')).toMatch(/busybox[^]*golang/);
  });
});

describe('the learner’s own name space', () => {
  test('takes an image and gives it back', async () => {
    expect(
      await sh('docker tag one registry.local/mine/one && docker push -q registry.local/mine/one; echo $?'),
    ).toMatch(/0\n$/);
    await sh('docker rmi -f registry.local/mine/one one');
    expect(await sh('docker run --rm registry.local/mine/one cat /made')).toMatch(/made\n$/);
  });

  test('is no other learner’s', async () => {
    const eve = await arrive();
    expect(await eve.sh('docker pull registry.local/mine/one')).toContain('not found');
    expect(await eve.sh('curl -sx 127.0.0.1:3128 http://registry.local/v2/_catalog')).not.toContain('mine');
    // Adas is there under a name that only the server gives.
    const [id] = (await driver.list()).map((each) => each.id);
    for (const path of [`${id}/one`, `mine/../${id}/one`, `mine%2f..%2f${id}/one`]) {
      const url = `http://registry.local/v2/${path}/manifests/latest`;
      expect(await eve.sh(`curl -s -o /dev/null -w '%{http_code}' --path-as-is -x 127.0.0.1:3128 '${url}'`)).toMatch(
        /^4\d\d$/,
      );
    }
  });

  test('is the only one that learners write to', async () => {
    expect(await sh('docker tag two registry.local/busybox && docker push registry.local/busybox')).toContain(
      'registry.local is read-only, except registry.local/mine',
    );
    const eve = await arrive();
    expect(await eve.sh('docker run --rm busybox ls /made')).toContain('No such file');
  });

  test('has a size, and says so when it is full', async () => {
    await sh(
      `printf 'FROM busybox\\nRUN dd if=/dev/urandom of=/big bs=1M count=4\\n' | docker build -q -t registry.local/mine/big -`,
    );
    expect(await sh('docker push registry.local/mine/big')).toMatch(
      /denied: registry\.local\/mine is full: it holds 3 MB/,
    );
    // What is there stays usable.
    expect(await sh('docker pull -q registry.local/mine/one; echo $?')).toMatch(/0\n$/);
  });
});

test('a pull goes on when the gateway was away', async () => {
  await sh('docker rmi -f $(docker images -q)');
  await server.end('gateway', 'SIGKILL');
  const pulled = sh('docker pull busybox');
  await server.run('gateway');
  expect(await pulled).toContain('Downloaded newer image');
});
