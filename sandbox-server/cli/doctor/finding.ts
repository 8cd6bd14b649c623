/** One answer of the doctor. */
export interface Finding {
  name: string;
  /** What is there, in a few words. */
  found: string;
  /** `lack`: no sandbox runs without it. `warn`: something works less well. */
  verdict: 'ok' | 'warn' | 'lack';
  /** What to do about it: a command or a sentence. */
  mend?: string;
  /** `start` mends it itself. */
  mendedByStart?: true;
}

export const ok = (name: string, found: string): Finding => ({ name, found, verdict: 'ok' });
export const warn = (name: string, found: string, mend: string): Finding => ({ name, found, verdict: 'warn', mend });
export const lack = (name: string, found: string, mend: string): Finding => ({ name, found, verdict: 'lack', mend });
