/** What the gateway keeps in its folder besides its logs: the database, and the secrets that go with it. */

export const DATABASE_FILE = 'slipway.db';

/** Signs cookies: without it every learner of the database is a stranger. */
export const COOKIE_SECRET_FILE = 'cookie-secret';

/** Stands in addresses that were handed out. */
export const ACCESS_CODE_FILE = 'access-code';

/** A backup has them, and a restore puts them back. */
export const SECRET_FILES = [COOKIE_SECRET_FILE, ACCESS_CODE_FILE] as const;

/** What SQLite keeps beside a database: commits that are not in it yet, the way back of a change, and who reads it. */
export const BESIDE = ['-wal', '-journal', '-shm'] as const;
