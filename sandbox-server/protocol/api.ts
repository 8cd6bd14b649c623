/**
 * The HTTP interface between a page and the gateway. All paths are same-origin; all bodies are JSON; errors have the
 * shape of `ApiError` with a status from the registry in errors.ts. Requests that change something need the
 * `content-type: application/json` header (a foreign page cannot send it without a preflight, which is never granted).
 */
import type { ErrorCode } from './errors.ts';
import type { StartStage } from './messages.ts';

export interface ApiError {
  error: {
    code: ErrorCode;
    /** One sentence: what happened, for the learner. */
    text: string;
    /** What to do next, for the learner. */
    hint: string;
    /** The request's id: the server's logs have what is behind the error under it. */
    reference: string;
  };
}

/** `POST /api/session` → makes the visitor somebody (sets the cookie where there is none). 401 where a code is needed. */
export interface SessionAnswer {
  /** Whether sandboxes can run on this server, and if not, the code of why. */
  sandboxes: { available: true } | { available: false; code: ErrorCode };
  /** ISO 8601 time of this learner's first visit. */
  since: string;
}

/** `POST /api/join` with `JoinRequest` → 204 and the cookie; 403 `wrong-access-code`. */
export interface JoinRequest {
  code: string;
}

/** `POST /api/recovery-code` → a new recovery code; the one before is void. Shown once, never stored in clear. */
export interface RecoveryCodeAnswer {
  code: string;
}

/** `POST /api/recover` with `RecoverRequest` → 204 and the cookie of that learner; 403 `wrong-recovery-code`. */
export interface RecoverRequest {
  code: string;
}

/** `GET /api/courses/:course/sandbox`. */
export interface SandboxAnswer {
  state: SandboxState;
  stage?: StartStage;
  failure?: ErrorCode;
  life: SandboxLife;
  /** Limits in force, for the page to tell. */
  limits: { memoryBytes: number; cpus: number; processes: number; diskBytes: number };
}

/** When a sandbox is put to rest if nobody comes, in milliseconds since 1970. Null: never. */
export interface SandboxLife {
  /** Null also while somebody looks at it, and where it is frozen or does not run. */
  freezesAt: number | null;
  /** Null also while somebody looks at it, and where it does not run. */
  stopsAt: number | null;
  /** With all files. Counted from now while somebody looks at it. */
  deletedAt: number | null;
  /** Whether `extend` would keep it longer. */
  extendable: boolean;
  /** When it is stopped, whoever looks at it. */
  sessionEndsAt: number | null;
  /** Whether `extend-session` would let it run longer. */
  sessionExtendable: boolean;
}

/**
 * `requested → starting → ready ⇄ frozen → stopped → gone`. Frozen: no CPU, memory kept. Stopped: the disk is kept.
 */
export type SandboxState = 'requested' | 'starting' | 'ready' | 'frozen' | 'stopped' | 'gone';

/**
 * `POST /api/courses/:course/terminals/:terminal/close` with `CloseTerminalRequest`, for a terminal of the learner's own.
 * Its shell gets a SIGHUP, as when a window is closed, and the name is free again.
 */
export interface CloseTerminalRequest {
  /** `running`: close only what has ended. `busy`: do not close while another program than the shell is in the foreground. */
  unless?: 'running' | 'busy';
}

export interface CloseTerminalAnswer {
  /** Whether there is no such terminal any more. */
  closed: boolean;
}

/*
 * `POST /api/courses/:course/sandbox/restart` → 204. Ends all programs, keeps the files.
 * `POST /api/courses/:course/sandbox/extend` → `SandboxLife`. Its files are kept longer, where that is allowed.
 * `POST /api/courses/:course/sandbox/extend-session` → `SandboxLife`. It may run longer; 409 `others-wait`.
 * `GET  /api/courses/:course/sandbox/home.tar` → the learner's home directory.
 * `GET  /api/courses/:course/terminals/:terminal` with `Upgrade: websocket` → a terminal (messages.ts).
 */
