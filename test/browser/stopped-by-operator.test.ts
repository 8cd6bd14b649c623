import { expect, test } from 'vitest';
import { Server } from '../../sandbox-server/cli/operate/ask-server.ts';
import { sandboxList, stopAnswer, type StopRequest } from '../../sandbox-server/operator/shapes.ts';
import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import { LESSON, screenShows, typeLine } from '../support/browser.ts';
import { atPrompt, learnerPage } from '../support/learner-page.ts';

const at = learnerPage({ path: LESSON, arrived: atPrompt });

const told = () => at.page.locator('slipway-terminal[name="main"]').innerText();

async function stop(request: StopRequest): Promise<void> {
  const operator = new Server(at.server.config, '');
  const { sandboxes } = await operator.ask(sandboxList, 'GET', '/sandboxes');
  const { id } = sandboxes.find(({ viewers }) => viewers > 0)!;
  await operator.ask(stopAnswer, 'POST', `/sandboxes/${id}/stop`, request);
}

test('a learner whom the operator stopped reads that, and their words, and starts again with their files', async () => {
  const { page } = at;
  await typeLine(page, 'echo kept > note');
  await stop({ said: 'Lunch until <b>one</b>' });
  await expect.poll(told).toContain('Whoever runs the server stopped your sandbox: “Lunch until <b>one</b>”');
  await page.getByRole('button', { name: /start/i }).first().click();
  await screenShows(page, /whoever runs the server stopped it: Lunch until <b>one<\/b>/);
  await typeLine(page, 'cat note');
  await screenShows(page, /^kept/m);
});

test('where the operator removed it, the page says that the files are gone', async () => {
  await stop({ destroy: true });
  await expect.poll(told).toContain(ERRORS['removed-by-operator'].text);
});
