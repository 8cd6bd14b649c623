import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { DeskNews } from '../../sandbox-server/desk/news.ts';
import type { DeskState } from '../../sandbox-server/protocol/desk.ts';
import { FakeDriver, FakeHost } from '../../sandbox-server/sandbox/fake/driver.ts';
import { gatewayOn, TestPage, visit } from '../support/gateway.ts';

const EVENTS = '/api/desk/events';
const RENEW = '/api/desk/courses/course/sandbox/renew';

let gateway: Awaited<ReturnType<typeof gatewayOn>> | undefined;

afterEach(async () => {
  await gateway?.[Symbol.asyncDispose]();
  gateway = undefined;
});

const news = (changes: Partial<DeskNews> = {}): DeskNews => ({
  type: 'desk',
  pages: {},
  problems: [],
  images: {},
  work: [],
  manifest: 0,
  ...changes,
});

/** The states that a page hears, one after the other. */
async function* statesFor(cookie: string): AsyncGenerator<DeskState> {
  const response = await fetch(gateway!.url + EVENTS, { headers: { cookie } });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = text.slice(0, end);
      text = text.slice(end + 2);
      yield JSON.parse(event.slice(event.indexOf('data: ') + 6)) as DeskState;
    }
  }
}

const renew = (cookie: string) =>
  fetch(gateway!.url + RENEW, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: gateway!.url, cookie },
    body: '{}',
  });

test('a server that is no author’s desk has nothing of it', async () => {
  gateway = await gatewayOn(new FakeDriver());
  const cookie = await visit(gateway.url);
  expect((await fetch(gateway.url + EVENTS, { headers: { cookie } })).status).toBe(404);
  expect((await renew(cookie)).status).toBe(404);
});

test('the desk tells nobody whom the server does not know', async () => {
  gateway = await gatewayOn(new FakeDriver(), { desk: true, access: 'code' });
  expect((await fetch(gateway.url + EVENTS)).status).toBe(401);
  expect((await renew('')).status).toBe(401);
});

test('a page hears everything at once, and again after each change', async () => {
  gateway = await gatewayOn(new FakeDriver(), { desk: true });
  gateway.desk!.take(news({ pages: { '/courses/course/lesson/': 7 } }));
  const states = statesFor(await visit(gateway.url));
  expect((await states.next()).value).toEqual({ pages: { '/courses/course/lesson/': 7 }, problems: [], images: [] });
  const problem = { place: 'lessons/course/course.yaml:1:1', what: 'a', expected: 'b', mend: 'c' };
  gateway.desk!.take(news({ problems: [problem] }));
  expect((await states.next()).value).toMatchObject({ problems: [problem] });
  gateway.desk!.take(news({ work: [{ name: 'image', state: 'building', text: '' }] }));
  expect((await states.next()).value).toMatchObject({ images: [{ name: 'image', courses: ['course'] }] });
  await states.return(undefined);
});

test('a message that is no news of the desk changes nothing', async () => {
  gateway = await gatewayOn(new FakeDriver(), { desk: true });
  gateway.desk!.take({ ...news(), pages: { '/': 'yesterday' } });
  gateway.desk!.take('desk');
  const states = statesFor(await visit(gateway.url));
  expect((await states.next()).value).toEqual({ pages: {}, problems: [], images: [] });
  await states.return(undefined);
});

test('courses that were written anew are the server’s from then on', async () => {
  gateway = await gatewayOn(new FakeDriver(), { desk: true });
  const cookie = await visit(gateway.url);
  const { courses: path } = gateway.config.paths;
  const sandboxOf = (course: string) =>
    fetch(`${gateway!.url}/api/courses/${course}/sandbox`, { headers: { cookie } }).then(({ status }) => status);
  expect(await sandboxOf('new-course')).toBe(404);
  writeFileSync(path, readFileSync(path, 'utf8').replace('"course"', '"new-course"'));
  gateway.desk!.take(news({ manifest: 1 }));
  expect([await sandboxOf('new-course'), await sandboxOf('course')]).toEqual([200, 404]);
});

test('whoever has a sandbox of an older image is told, and gets a new one on demand', async () => {
  gateway = await gatewayOn(new FakeDriver(new FakeHost(['image', 'image-2'])), { desk: true });
  const cookie = await visit(gateway.url);
  const page = await (await TestPage.open(gateway.url, cookie)).attach();
  page.type('echo work > file\n');
  await page.shows(/file\r\n\$ /);
  const states = statesFor(cookie);
  expect((await states.next()).value).toMatchObject({ images: [] });
  gateway.desk!.take(news({ images: { image: { id: 'image-2', profile: 'standard' } } }));
  const told = { images: [{ name: 'image', courses: ['course'], state: 'newer', text: '' }] };
  expect((await states.next()).value).toMatchObject(told);

  expect((await renew(cookie)).status).toBe(204);
  expect((await states.next()).value).toMatchObject({ images: [] });
  const again = await (await TestPage.open(gateway.url, cookie)).attach();
  again.type('cat file\n');
  await again.shows(/cat file\r\n.*\$ $/s);
  expect(again.text).not.toContain('work');
  await states.return(undefined);
});
