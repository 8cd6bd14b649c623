export interface FailureParts {
  /** One sentence. */
  what: string;
  /** Evidence: the last lines of a tool's output, a system's message. */
  why?: string;
  /** A command or a sentence. */
  mend: string;
}

export class Failure extends Error implements FailureParts {
  what: string;
  why: string;
  mend: string;
  constructor(parts: FailureParts, options?: ErrorOptions);
}

/** `fraction` from 0 to 1, where it is known. */
export type Progress = (text: string, fraction?: number) => void;

export interface StageLine {
  progress: Progress;
  /** What the finished line says. */
  result(text: string): void;
}

export interface Report {
  terminal: boolean;
  /** Wraps the text in an SGR sequence where the stream shows colours. */
  paint(code: number | string, text: string): string;
  /** Runs the work and shows its name, progress, result and time. Rejects with what the work rejects with. */
  stage<T>(name: string, work: (line: StageLine) => Promise<T>): Promise<T>;
  failure(error: FailureParts): void;
  note(text: string): void;
  warn(text: string): void;
}

export function createReport(stream?: NodeJS.WritableStream, env?: NodeJS.ProcessEnv): Report;
