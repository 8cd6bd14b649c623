/** A learner with Docker, at the keyboard: builds, runs, pulls, and meets a limit. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, LESSON, newVisitor, screenShows, terminalState, typeLine } from '../support/browser.ts';
import { HELLO } from '../support/hello.ts';
import { TestServer } from '../support/server.ts';

const COMPILER_MS = 240_000;

let server: TestServer;
let browser: Browser;
let page: Page;
let problems: string[];

beforeAll(async () => {
  server = await TestServer.startWithRegistry();
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

beforeEach(async () => {
  ({ page, problems } = await newVisitor(browser));
  await page.goto(server.url + LESSON);
  await terminalState(page, 'connected');
  await screenShows(page, /\$\s*$/);
});

let lines = 0;

/** Types a line and waits until it has ended with status 0 and the prompt is back. The screen then. */
async function succeed(line: string, timeout = 30_000): Promise<string> {
  const done = `done-${++lines}`;
  // What is typed does not hold the word that is waited for.
  await typeLine(page, `clear; ${line} && echo "done-$((${lines}))"`);
  return await screenShows(page, new RegExp(`${done}\\s[^]*\\$\\s*$`), 'main', timeout);
}

/** Where pictures are wanted. */
async function picture(name: string): Promise<void> {
  const folder = process.env['TEST_SCREENSHOTS'];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `docker-${name}.png`) });
}

test(
  'a learner builds an image from scratch, pulls another, and sees a container stopped at its memory limit',
  async () => {
    await succeed('mkdir hello; cd hello; go() { printf "%s\\n" "$@"; }');
    await succeed(`go 'package main' 'import "fmt"' 'func main() { fmt.Println("${HELLO.trim()}") }' > main.go`);
    await succeed(`go 'module hello' 'go 1.19' > go.mod`);
    await succeed(
      `go 'FROM golang AS build' 'COPY . /src' 'WORKDIR /src' 'RUN CGO_ENABLED=0 go build -o /hello .' 'FROM scratch' 'COPY --from=build /hello /' 'CMD ["/hello"]' > Dockerfile`,
    );
    await succeed('docker build -t hello .', COMPILER_MS);
    await picture('built');
    expect(await succeed('docker run --rm hello')).toContain(HELLO.trim());
    expect(await succeed('docker images')).toMatch(/^hello\s+latest\s+\w+\s.*\b[12]\.\d+MB/m);
    await picture('images');

    expect(await succeed('docker pull busybox')).toContain('Downloaded newer image for busybox:latest');
    expect(await succeed('docker run -it --rm busybox echo in a container')).toContain('in a container');

    // The engine hears of the kernel's kill a moment later, and not at all where the container is gone by then.
    const inside = 'dd if=/dev/zero of=/dev/null bs=64M; s=$?; sleep 1; exit $s';
    const eat = `docker run --name eater --memory 32m busybox sh -c '${inside}'`;
    await succeed(`! ${eat}`);
    expect(await succeed("docker inspect -f '{{.State.OOMKilled}} {{.State.ExitCode}}' eater")).toContain('true 137');
    await picture('limited');
    // The container met its own limit, not the sandbox: nothing is announced as out of memory.
    expect(await page.locator('slipway-terminals').innerText()).not.toMatch(/out of memory/i);
    expect(problems).toEqual([]);
  },
  COMPILER_MS,
);

test('a shell inside a container is a terminal like any other', async () => {
  await succeed('docker pull -q busybox');
  await typeLine(page, 'docker run -it --rm --hostname inside busybox');
  await screenShows(page, /\/ #\s*$/);
  await typeLine(page, 'hostname; tty; stty size');
  await screenShows(page, /inside\n\/dev\/pts\/0\n\d+ \d+/);
  await typeLine(page, 'exit');
  await screenShows(page, /learner@slip[^]*\$\s*$/);
  expect(problems).toEqual([]);
});
