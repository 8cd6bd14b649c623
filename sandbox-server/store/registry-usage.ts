/** What each sandbox keeps in the registry of what learners push, and how many bytes that is. */
import type { Database } from './database.ts';

export interface StoredBlob {
  sandbox: string;
  /** As at the registry. */
  repository: string;
  /** A digest, `upload:ID` or `tag:NAME`. */
  digest: string;
}

/** The least that anything counts, in bytes: files and folders of the registry's own for each upload, blob and name. */
const LEAST_BYTES = 16 * 1024;

/** The registry removes an upload that was not finished after a week. */
const UPLOAD_KEPT_MS = 8 * 86_400_000;

export class RegistryUsage {
  private readonly database: Database;
  private readonly now: () => number;

  constructor(database: Database, now: () => number) {
    this.database = database;
    this.now = now;
  }

  /** Bytes in all of its repositories; a blob that is in several counts once. */
  used(sandbox: string): number {
    const row = this.database
      .prepare(
        `SELECT coalesce(sum(bytes), 0) AS bytes FROM
           (SELECT max(bytes) AS bytes FROM registry_blob
            WHERE sandbox = ? AND NOT (digest LIKE 'upload:%' AND noted_at < ?)
            GROUP BY CASE WHEN digest LIKE 'tag:%' THEN repository || digest ELSE digest END)`,
      )
      .get(sandbox, this.now() - UPLOAD_KEPT_MS);
    return row!['bytes'] as number;
  }

  put({ sandbox, repository, digest }: StoredBlob, bytes: number): void {
    this.database
      .prepare(
        'INSERT OR REPLACE INTO registry_blob (sandbox, repository, digest, bytes, noted_at) VALUES (?, ?, ?, ?, ?)',
      )
      .run(sandbox, repository, digest, Math.max(bytes, LEAST_BYTES), this.now());
  }

  /** Its size, in whichever of the sandbox's repositories; 0 where it is in none. */
  bytesOf(sandbox: string, digest: string): number {
    const row = this.database
      .prepare('SELECT max(bytes) AS bytes FROM registry_blob WHERE sandbox = ? AND digest = ?')
      .get(sandbox, digest);
    return (row!['bytes'] as number | null) ?? 0;
  }

  drop({ sandbox, repository, digest }: StoredBlob): void {
    this.database
      .prepare('DELETE FROM registry_blob WHERE sandbox = ? AND repository = ? AND digest = ?')
      .run(sandbox, repository, digest);
  }

  dropRepository(sandbox: string, repository: string): void {
    this.database.prepare('DELETE FROM registry_blob WHERE sandbox = ? AND repository = ?').run(sandbox, repository);
  }

  digests(sandbox: string, repository: string): string[] {
    return this.database
      .prepare('SELECT digest FROM registry_blob WHERE sandbox = ? AND repository = ?')
      .all(sandbox, repository)
      .map((row) => row['digest'] as string);
  }

  repositories(sandbox: string): string[] {
    return this.database
      .prepare('SELECT DISTINCT repository FROM registry_blob WHERE sandbox = ? ORDER BY repository')
      .all(sandbox)
      .map((row) => row['repository'] as string);
  }

  /** Every sandbox that keeps something, be it there any more or not. */
  sandboxes(): string[] {
    return this.database
      .prepare('SELECT DISTINCT sandbox FROM registry_blob')
      .all()
      .map((row) => row['sandbox'] as string);
  }
}
