import type { Wait } from '../../sandbox-server/protocol/messages.ts';

/** Why a start has to wait, and how long, in the learner's words. */
export interface WaitWords {
  text: string;
  hint: string;
  /** How long; changes as time goes on. */
  next: string;
}

const SHORT_OF = {
  places: 'All sandboxes of this server are in use. Yours starts by itself when it is your turn.',
  memory: 'The server’s memory is in use. Your sandbox starts by itself when it is your turn.',
  disk: 'The server’s disk is almost full. Your sandbox starts by itself when there is space; tell whoever runs the server.',
};

/** `elapsedMs`: since this was told. */
export function wordsOfWait(wait: Wait, elapsedMs: number): WaitWords {
  switch (wait.why) {
    case 'places':
    case 'memory':
    case 'disk':
      return { text: placeInWords(wait.place), hint: SHORT_OF[wait.why], next: aboutInWords(wait.aboutMinutes) };
    case 'yours':
      return {
        text: `${sandboxesRun(wait.running)} for you, as many as one learner may have here.`,
        hint: 'Close the pages of a course that you do not need now: its programs end, its files are kept, and this sandbox starts.',
        next: '',
      };
    case 'address':
      return {
        text: `${sandboxesRun(wait.running)} for your network, as many as it may have here.`,
        hint: 'Yours starts by itself when one of them ends.',
        next: '',
      };
    case 'rate':
      return {
        text: 'Too many sandboxes were started in a short time.',
        hint: 'Yours starts by itself.',
        next: inSeconds(wait.inMs - elapsedMs),
      };
  }
}

function placeInWords(place: number): string {
  return place === 1 ? 'You are next in the queue.' : `You are ${ordinal(place)} in the queue.`;
}

const SUFFIXES: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' };
const ORDINALS = new Intl.PluralRules('en', { type: 'ordinal' });

function ordinal(number: number): string {
  return `${number}${SUFFIXES[ORDINALS.select(number)] ?? 'th'}`;
}

function aboutInWords(minutes: number | null): string {
  if (minutes === null) return 'How long it takes is not known yet.';
  if (minutes === 0) return 'Less than a minute.';
  if (minutes === 1) return 'About a minute.';
  if (minutes < 60) return `About ${minutes} minutes.`;
  const hours = minutes / 60;
  return hours === 1 ? 'About an hour.' : `About ${hours} hours.`;
}

function inSeconds(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds === 1 ? 'In a second.' : `In ${seconds} seconds.`;
}

function sandboxesRun(count: number): string {
  return count === 1 ? 'One sandbox runs' : `${count} sandboxes run`;
}
