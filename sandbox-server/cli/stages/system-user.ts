/** The stages that make the users which the gateway and the class registry run as. */
import { readFileSync } from 'node:fs';

import { runTool } from '../plain/tool.mjs';

export interface Account {
  uid: number;
  gid: number;
}

export function findUser(name: string, passwd = readFileSync('/etc/passwd', 'utf8')): Account | undefined {
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([account]) => account === name);
  return fields && { uid: Number(fields[2]), gid: Number(fields[3]) };
}

/** Name of the class registry's user, beside the gateway's. */
export const registryUser = (user: string) => `${user}-registry`;

export async function makeUser(name: string): Promise<void> {
  const form = [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
  ];
  await runTool('useradd', [...form, name], {
    failed: `The system user ${name} could not be made.`,
    mend: 'Make it by hand, or name one that exists with --user.',
  });
}
