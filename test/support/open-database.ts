/** Opens a database as a gateway does, for tests that kill it meanwhile. */
import { openDatabase } from '../../sandbox-server/store/database.ts';

export const open = (path: string, folder: string): void => openDatabase(path, { folder }).close();

if (import.meta.main) open(process.argv[2]!, process.argv[3]!);
