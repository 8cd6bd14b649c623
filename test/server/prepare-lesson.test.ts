import { afterEach, expect, test } from 'vitest';
import { FakeDriver, FakeHost } from '../../sandbox-server/sandbox/fake/driver.ts';
import type { LessonEntry } from '../../site/course/manifest.ts';
import { gatewayOn, TestPage, visit } from '../support/gateway.ts';
import { LessonPage } from '../support/lesson-page.ts';
import { course, lesson, script, task } from '../support/lesson.ts';

const LIVE = (slug: string) => `/api/courses/course/lessons/${slug}/live`;

let gateway: Awaited<ReturnType<typeof gatewayOn>> | undefined;

afterEach(async () => {
  await gateway?.[Symbol.asyncDispose]();
  gateway = undefined;
});

const PLAIN = lesson();
const WITH_SETUP = lesson({
  id: '02-more',
  slug: 'more',
  setup: script('echo from setup > setup'),
  tasks: [task('one', { setup: [script('echo from one > one')] })],
});
const BROKEN = lesson({ id: '03-broken', slug: 'broken', setup: script('exit 7') });

async function serve(...lessons: LessonEntry[]) {
  const host = new FakeHost(['image']);
  gateway = await gatewayOn(new FakeDriver(host), {}, { courses: [course(...lessons)] });
  const cookie = await visit(gateway.url);
  const open = (slug?: string) => {
    const path = `/api/courses/course/terminals/main${slug === undefined ? '' : `?lesson=${slug}`}`;
    return TestPage.open(gateway!.url, cookie, path);
  };
  return { host, cookie, open, url: gateway.url };
}

const stages = (page: TestPage) =>
  page.messages.filter((message) => message.type === 'starting').map((message) => message.stage);

test('a sandbox is prepared for the lesson before its first terminal is attached, and once', async () => {
  const { open } = await serve(PLAIN, WITH_SETUP);
  const page = await (await open('more')).attach();
  expect(stages(page)).toEqual(['disk', 'container', 'shell', 'lesson']);
  page.type('cat setup\ncat one\n');
  await page.shows(/from setup\r\n.*from one\r\n/s);
  const again = await (await open('more')).attach();
  expect(stages(again)).toEqual([]);
});

test('a lesson that needs nothing costs nothing, and so does no lesson', async () => {
  const { open } = await serve(PLAIN, WITH_SETUP);
  expect(stages(await (await open('lesson')).attach())).toEqual(['disk', 'container', 'shell']);
  expect(stages(await (await open()).attach())).toEqual([]);
});

test('a terminal of a lesson that does not exist is refused', async () => {
  const { open } = await serve(PLAIN);
  for (const slug of ['none', '', 'lesson&x=1', '../x']) await expect(open(slug)).rejects.toThrow('404');
});

test('where the author’s setup fails the learner is told, and goes on', async () => {
  const { open } = await serve(BROKEN);
  const page = await (await open('broken')).attach();
  expect(page.messages).toContainEqual({
    type: 'notice',
    code: 'lesson-broken',
    reference: expect.stringMatching(/^[0-9a-z]{12}$/),
  });
  page.type('echo on\n');
  await page.shows(/on\r\non\r\n/);
});

test('a page that goes on to another lesson while its terminals stay has the sandbox prepared too', async () => {
  const { open, host, cookie, url } = await serve(PLAIN, WITH_SETUP, BROKEN);
  await (await open('lesson')).attach();
  const [sandbox] = host.sandboxes.values();
  const more = await LessonPage.open(url, cookie, LIVE('more'));
  await expect.poll(() => sandbox!.files.get('one')).toBe('from one\n');
  const works = () => more.messages.flatMap((message) => (message.type === 'sandbox' ? [message.work.name] : []));
  await expect.poll(works).toEqual(['preparing', 'idle']);
  const broken = await LessonPage.open(url, cookie, LIVE('broken'));
  const fault = { name: 'failed', code: 'lesson-broken', detail: expect.stringContaining(BROKEN.setup!.place) };
  await expect.poll(() => broken.messages).toContainEqual({ type: 'sandbox', work: expect.objectContaining(fault) });
});

test('a page that was there first has the sandbox prepared when it starts', async () => {
  const { open, host, cookie, url } = await serve(PLAIN, WITH_SETUP);
  await LessonPage.open(url, cookie, LIVE('more'));
  await (await open('lesson')).attach();
  await expect.poll(() => [...host.sandboxes.values()][0]!.files.get('setup')).toBe('from setup\n');
});
