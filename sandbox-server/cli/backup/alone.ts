/** Makes sure that no server has the data, and that none gets it meanwhile. */
import { connect } from 'node:net';

import { operatorSocketIn, type Settings } from '../../config.ts';
import { Failure } from '../plain/report.mjs';
import { takeLock } from '../serve/lock.ts';

const MEND =
  'End it, then run this again: Ctrl-C where it was started, or, as a service, ' +
  '`systemctl stop slipway.socket slipway slipway-supervisor.socket slipway-supervisor`.';

/** Held until disposed. */
export async function aloneWith({ data, run }: Pick<Settings, 'data' | 'run'>): Promise<Disposable> {
  const taken = takeLock(data);
  if (!('lock' in taken)) {
    const { holder } = taken;
    const why = holder ? [`process ${holder.pid}`, ...holder.urls].join(', ') : '';
    throw new Failure({ what: `A server runs on ${data}.`, why, mend: MEND });
  }
  // As a service the gateway may be there without the supervisor, which holds the lock.
  const socket = operatorSocketIn(run);
  if (await answers(socket)) {
    taken.lock[Symbol.dispose]();
    throw new Failure({ what: `A server runs on ${data}.`, why: `It answers at ${socket}.`, mend: MEND });
  }
  return taken.lock;
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', () => resolve(false));
  });
}
