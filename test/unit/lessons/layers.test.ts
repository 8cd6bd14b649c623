import { expect, test } from 'vitest';
import { DriverError } from '../../../sandbox-server/sandbox/driver.ts';
import { FakeDriver, FakeHost } from '../../../sandbox-server/sandbox/fake/driver.ts';
import { layerOf } from '../../../sandbox-server/lessons/layer-names.ts';
import { course, lesson, script, task } from '../../support/lesson.ts';
import { moverOn } from '../../support/mover.ts';

const image = { id: 'image', profile: 'standard' } as const;

const three = (version = 'v1') =>
  lesson({
    version,
    setup: script('echo setup > setup'),
    tasks: [
      task('one', { live: [script('echo live > live-one')], solve: [{ ...script('echo done > one'), live: false }] }),
      task('two', {
        setup: [script('echo before > two')],
        solve: [{ ...script('rm setup'), live: false }],
      }),
      task('three', { kind: 'ask', solve: [{ ...script('echo 42'), live: false }] }),
    ],
  });

test('one recording makes the layers of all tasks: setup, then task by task what leads to its start', async () => {
  const courses = [course(three())];
  const { layers, host, play } = moverOn(courses);
  const [, , last] = await Promise.all(['one', 'two', 'three'].map((id) => layers.at(courses[0]!, three(), id, image)));
  expect(play.played).toEqual([
    'echo setup > setup',
    'echo live > live-one',
    'echo done > one',
    'echo before > two',
    'rm setup',
  ]);
  const held = (id: string) => Object.fromEntries(host.layers.get(layerOf(courses[0]!, three(), id, image))!);
  expect(held('one')).toEqual({ setup: 'setup\n' });
  expect(held('two')).toEqual({ setup: 'setup\n', 'live-one': 'live\n', one: 'done\n', two: 'before\n' });
  expect(held('three')).toEqual({ 'live-one': 'live\n', one: 'done\n', two: 'before\n' });
  expect(last).toEqual([layerOf(courses[0]!, three(), 'three', image)]);
  await expect.poll(() => host.sandboxes.size).toBe(0);
});

test('who needs an early task’s layer does not wait for the later ones, and what is there is not made again', async () => {
  const courses = [course(three())];
  const { layers, play } = moverOn(courses);
  const later = Promise.withResolvers<void>();
  play.before = (text) => (text === 'echo done > one' ? later.promise : Promise.resolve());
  let recorded = 0;
  await layers.at(courses[0]!, three(), 'one', image, () => recorded++);
  await layers.at(courses[0]!, three(), 'one', image, () => recorded++);
  later.resolve();
  await layers.at(courses[0]!, three(), 'three', image, () => recorded++);
  await layers.at(courses[0]!, three(), 'two', image, () => recorded++);
  expect(recorded).toBe(2);
  expect(play.played.filter((text) => text === 'echo setup > setup')).toHaveLength(1);
});

test('a lesson that begins with what the image has needs no layer at its first task', async () => {
  const plain = lesson({ tasks: [task('one'), task('two')] });
  const { layers, play } = moverOn([course(plain)]);
  expect(await layers.at(course(plain), plain, 'one', image)).toEqual([]);
  expect(play.played).toEqual([]);
  expect(await layers.at(course(plain), plain, 'two', image)).toHaveLength(1);
});

test('a step that fails is told as the author’s fault with its place; the tasks before it have their layers', async () => {
  const broken = lesson({
    setup: script('echo a > a'),
    tasks: [task('one', { solve: [{ ...script('fail'), live: false }] }), task('two'), task('three')],
  });
  const { layers, play, host, warnings } = moverOn([course(broken)]);
  const { place } = broken.tasks[0]!.solve[0]!;
  await expect(layers.at(course(broken), broken, 'three', image)).rejects.toMatchObject({
    code: 'lesson-broken',
    detail: `${place}: the script ended with 1\nits last words`,
  });
  expect(await layers.at(course(broken), broken, 'one', image)).toHaveLength(1);
  // Not tried again at once, whoever asks.
  await expect(layers.at(course(broken), broken, 'two', image)).rejects.toMatchObject({ code: 'lesson-broken' });
  expect(play.played.filter((text) => text === 'fail')).toHaveLength(1);
  expect(warnings).toContain('a lesson could not be recorded');
  await expect.poll(() => host.sandboxes.size).toBe(0);
});

test('what the host lacks for a moment is no fault of the lesson’s: who asks next has it recorded', async () => {
  const courses = [course(three())];
  const host = new FakeHost(['image']);
  const driver = new FakeDriver(host);
  const { layers } = moverOn(courses, { host, driver });
  const create = driver.create.bind(driver);
  driver.create = () => Promise.reject(new DriverError('host-disk-full', 'no space left on device'));
  await expect(layers.at(courses[0]!, three(), 'one', image)).rejects.toMatchObject({ code: 'host-disk-full' });
  driver.create = create;
  expect(await layers.at(courses[0]!, three(), 'one', image)).toHaveLength(1);
});

test('lessons are recorded one after the other', async () => {
  const lessons = ['a', 'b'].map((slug) =>
    lesson({ id: `01-${slug}`, slug, setup: script(`echo ${slug} > f`), tasks: [task('one')] }),
  );
  const both = course(...lessons);
  const { layers, play, host } = moverOn([both]);
  let most = 0;
  play.before = async () => void (most = Math.max(most, host.sandboxes.size));
  await Promise.all(lessons.map((each) => layers.at(both, each, 'one', image)));
  expect(most).toBe(1);
});

test('layers of an earlier version, or of another image, go when no disk lies over them', async () => {
  const courses = [course(three('v1'))];
  const { layers, host, driver, sessions, mover } = moverOn(courses);
  await mover.move('ada', courses[0]!, three('v1'), 'two');
  const old = [...host.layers.keys()];
  expect(old).toHaveLength(3);
  courses[0] = course(three('v2'));
  await layers.sweep();
  expect([...host.layers.keys()]).toEqual([layerOf(course(three('v1')), three('v1'), 'two', image)]);
  await mover.move('ada', courses[0], three('v2'), 'two');
  await expect.poll(() => host.sandboxes.size).toBe(1);
  await layers.sweep();
  expect([...host.layers.keys()].some((layer) => old.includes(layer))).toBe(false);
  expect(await driver.layers()).toHaveLength(3);
  expect(sessions.find('ada', 'course')!.state).toBe('ready');
});

test('the server that ends ends a recording, and leaves no sandbox', async () => {
  const slow = lesson({ setup: script('hang'), tasks: [task('one')] });
  const { layers, play, host } = moverOn([course(slow)]);
  const waiting = layers.at(course(slow), slow, 'one', image);
  await expect.poll(() => play.played).toContain('hang');
  await Promise.all([
    expect(waiting).rejects.toMatchObject({ code: 'server-stopping' }),
    layers[Symbol.asyncDispose](),
  ]);
  expect(host.sandboxes.size).toBe(0);
  expect(host.layers.size).toBe(0);
});

test('the names of layers differ by everything that decides what they hold, and are names of folders', () => {
  const base = course(three());
  const names = [
    layerOf(base, three(), 'one', image),
    layerOf(base, three(), 'two', image),
    layerOf(base, three('v2'), 'one', image),
    layerOf(base, three(), 'one', { id: 'image2', profile: 'standard' }),
    layerOf(base, three(), 'one', { id: 'image', profile: 'containers' }),
    layerOf({ ...base, id: 'other' }, three(), 'one', image),
    layerOf({ ...base, id: 'c'.repeat(63) }, { ...three(), slug: 's'.repeat(63) }, 't'.repeat(63), image),
  ];
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9._-]{0,127}$/);
});
