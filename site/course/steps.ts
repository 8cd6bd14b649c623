import type { Running, Typing } from './fence.ts';
import type { ScriptStep, TypedStep } from './manifest.ts';

/** Where a script's first line stands, and the script. */
export interface Source {
  /** `lessons/course/01-lesson/index.md:41`. */
  place: string;
  text: string;
}

export function scriptStep({ place, text }: Source, { user, timeoutMs }: Running): ScriptStep {
  return { kind: 'script', place, text, user, timeoutMs };
}

export function typedStep({ place, text }: Source, typing: Typing): TypedStep {
  const { terminal, interrupt, exit, background, opens = null } = typing;
  return { kind: 'typed', place, text, terminal, interrupt, exit, background, opens };
}
