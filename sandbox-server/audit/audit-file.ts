/**
 * Where the record is kept: `audit.jsonl`, which is put aside each day or when it is large, and the days before. What is
 * older than may be kept is removed, and so is the oldest of what is too much.
 */
import { appendFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface AuditFileOptions {
  folder: string;
  /** How long a line is kept at least, in milliseconds; a day longer at most. 0: nothing is written, and what was is removed. */
  keepMs: number;
  now: () => number;
  log: { warn(fields: object, text: string): void };
  /** A line could not be written. */
  onLost?(): void;
  /** Size in bytes at which the file is put aside, and of all that is kept. */
  sizes?: { file: number; all: number };
}

/** 250 bytes a line: 60,000 lines in a file, and a million in all. */
const SIZES = { file: 16 * 2 ** 20, all: 256 * 2 ** 20 };

const CURRENT = 'audit.jsonl';
const DAY_MS = 86_400_000;

/** `audit-2026-01-31T23-59-59-999Z.jsonl`: the time at which it was put aside, and so of its newest line. */
const ASIDE = /^audit-(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d-\d{3}Z)\.jsonl$/;

export class AuditFile implements Disposable {
  private readonly options: AuditFileOptions & Required<Pick<AuditFileOptions, 'sizes'>>;
  private readonly timer: NodeJS.Timeout;
  private size = 0;
  /** When the first line of the current file was written; undefined where it has none. */
  private began: number | undefined;
  /** Lines that could not be written since it last could. */
  private lost = 0;
  private warned = false;

  constructor(options: AuditFileOptions) {
    this.options = { sizes: SIZES, ...options };
    this.attempt(() => {
      const known = statSync(this.current, { throwIfNoEntry: false });
      if (known) {
        this.size = known.size;
        this.began = known.birthtimeMs;
      }
      this.tidy();
    });
    // A server that nobody visits must not keep what it may not.
    this.timer = setInterval(() => this.attempt(() => this.tidy()), DAY_MS / 24).unref();
  }

  /** One line. Where it cannot be written the server goes on; the log is told once, and again when it can. */
  write(line: string): void {
    if (this.options.keepMs === 0) return;
    const written = this.attempt(() => {
      if (this.size >= this.options.sizes.file) this.putAside();
      if (this.began === undefined) mkdirSync(this.options.folder, { recursive: true, mode: 0o700 });
      this.began ??= this.options.now();
      appendFileSync(this.current, `${line}\n`, { mode: 0o600 });
      this.size += Buffer.byteLength(line) + 1;
    });
    if (!written) {
      this.lost++;
      this.options.onLost?.();
      return;
    }
    this.warned = false;
    if (this.lost > 0) {
      this.options.log.warn({ lost: this.lost }, 'the audit log is written again; lines are missing in it');
      this.lost = 0;
    }
  }

  /** Puts aside what is of a day before, and removes what is too old or too much. */
  tidy(): void {
    const { folder, keepMs, now, sizes } = this.options;
    if (keepMs === 0) return rmSync(folder, { recursive: true, force: true });
    if (this.began !== undefined && now() - this.began >= DAY_MS) this.putAside();
    if (!existsSync(folder)) return;
    let room = sizes.all - this.size;
    for (const { name, time, size } of this.aside()) {
      room -= size;
      if (now() - time > keepMs || room < 0) rmSync(join(folder, name), { force: true });
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }

  private get current(): string {
    return join(this.options.folder, CURRENT);
  }

  /** The newest first. */
  private aside(): { name: string; time: number; size: number }[] {
    const { folder } = this.options;
    return readdirSync(folder)
      .flatMap((name) => {
        const [, hour, minute, rest] = ASIDE.exec(name) ?? [];
        if (rest === undefined) return [];
        const time = Date.parse(`${hour}:${minute}:${rest.replace('-', '.')}`);
        return [{ name, time, size: statSync(join(folder, name)).size }];
      })
      .sort((a, b) => b.time - a.time);
  }

  private putAside(): void {
    const { folder, now } = this.options;
    // Names tell the order also where the clock was set back.
    const [newest] = this.aside();
    const time = Math.max(now(), (newest?.time ?? 0) + 1);
    const stamp = new Date(time).toISOString().replaceAll(/[:.]/g, '-');
    renameSync(this.current, join(folder, `audit-${stamp}.jsonl`));
    this.size = 0;
    this.began = undefined;
    this.tidy();
  }

  private attempt(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (!this.warned) this.options.log.warn({ err: error }, 'the audit log cannot be written');
      this.warned = true;
      return false;
    }
  }
}
