import { describe, expect, it } from 'vitest';
import { askForAdmission, askForSession } from '../../../site/terminal/admission.ts';

const answers = (status: number, body: unknown) => async () =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });

describe('asking the server who we are', () => {
  it.each([
    ['admitted', 200, { sandboxes: { available: true }, since: '' }, { kind: 'admitted' }],
    [
      'refused where sandboxes are off',
      200,
      { sandboxes: { available: false, code: 'sandboxes-off' }, since: '' },
      { kind: 'refused', code: 'sandboxes-off' },
    ],
    [
      'refused with the registry’s code',
      401,
      { error: { code: 'access-code-needed', text: '', hint: '' } },
      { kind: 'refused', code: 'access-code-needed' },
    ],
    ['unreachable where a proxy answers for a server that restarts', 502, '<html>', { kind: 'unreachable' }],
    [
      'refused where the pages are served by a plain file server',
      404,
      '<html>',
      { kind: 'refused', code: 'sandboxes-off' },
    ],
    [
      'refused where the code is none of ours',
      403,
      { error: { code: 'toString' } },
      { kind: 'refused', code: 'unexpected' },
    ],
    ['unreachable where the answer is cut', 200, '{"sand', { kind: 'unreachable' }],
  ])('%s', async (_title, status, body, admission) => {
    expect(await askForAdmission(answers(status, body))).toEqual(admission);
  });

  it('unreachable without a network', async () => {
    expect(await askForAdmission(() => Promise.reject(new TypeError('failed')))).toEqual({ kind: 'unreachable' });
  });
});

describe('who asks while a question is under way', () => {
  it('gets its answer: two first questions would make two learners of one visitor', async () => {
    let asked = 0;
    const request = async () => {
      asked++;
      return new Response(JSON.stringify({ sandboxes: { available: true }, since: '' }));
    };
    const [admission, session] = await Promise.all([askForAdmission(request), askForSession(request)]);
    expect([admission.kind, session.kind, asked]).toEqual(['admitted', 'known', 1]);
    await askForSession(request);
    expect(asked).toBe(2);
  });
});

it('a lesson is told to be known where the server has no sandboxes', async () => {
  const request = answers(200, { sandboxes: { available: false, code: 'sandboxes-off' }, since: '' });
  expect(await askForSession(request)).toMatchObject({ kind: 'known', sandboxes: { available: false } });
});
