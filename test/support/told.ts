/** What a learner is told in time, whatever became of the server. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ERRORS, type ErrorCode } from '../../sandbox-server/protocol/errors.ts';
import { PATIENCE } from './patience.ts';
import { TestPage } from './gateway.ts';

/** An error has its name within this time, in milliseconds. */
export const TOLD_MS = 5000 * PATIENCE;

/** Opens a terminal as a new page; the code that its socket is closed with. Undefined: none in time. */
export async function refusalOf(
  url: string,
  cookie: string,
  path: string,
  withinMs = TOLD_MS,
): Promise<ErrorCode | undefined> {
  const page = await TestPage.open(url, cookie, path);
  page.say({ type: 'open', visible: true, columns: 80, rows: 24 });
  const closed = await Promise.race([page.closed, sleep(withinMs, undefined)]);
  page.close();
  const code = closed?.reason as ErrorCode | undefined;
  return code !== undefined && closed?.code === ERRORS[code].close ? code : undefined;
}
