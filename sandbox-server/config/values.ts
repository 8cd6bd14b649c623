/** How a setting's text becomes a value. Arguments, environment and file all give text; each kind has one parser. */
import { isIP, isIPv4 } from 'node:net';
import { z } from 'zod';
import { isProxy } from '../http/client-address.ts';

/** A parser and, in words, what it takes. The words stand in errors, in `--help` and in docs/configuration.md. */
export interface Kind<T> {
  schema: z.ZodType<T, string>;
  allowed: string;
}

export function wholeNumber(least: number, most: number, note = ''): Kind<number> {
  return {
    schema: z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(least).max(most)),
    allowed: `a whole number from ${least} to ${most}${note}`,
  };
}

export function number(least: number, most: number): Kind<number> {
  return {
    schema: z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number)
      .pipe(z.number().min(least).max(most)),
    allowed: `a number from ${least} to ${most}`,
  };
}

const SIZE_UNITS: Record<string, number> = {
  '': 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** In bytes. */
export function size(least: string, per = ''): Kind<number> {
  return {
    schema: z
      .string()
      .transform(withUnit(SIZE_UNITS))
      .pipe(z.number().min(sizeOf(least)).max(Number.MAX_SAFE_INTEGER)),
    allowed: `a size${per} such as 512MiB, 2GiB or 100MB, at least ${least}`,
  };
}

export function sizeOf(text: string): number {
  return z.string().transform(withUnit(SIZE_UNITS)).parse(text);
}

const TIME_UNITS = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** Longer than any class, in days: what is added to the clock stays a time. */
const MOST_DAYS = 3650;

/**
 * In milliseconds. A bare number counts in `unit`. What a timer of Node's is set to must be at most 24 days, or it is over
 * at once: `mostDays` bounds it.
 */
export function duration(unit: keyof typeof TIME_UNITS, { orNever = false, mostDays = MOST_DAYS } = {}): Kind<number> {
  return {
    schema: z
      .string()
      .transform(withUnit({ ...TIME_UNITS, '': TIME_UNITS[unit] }))
      .pipe(
        z
          .number()
          .min(orNever ? 0 : 1)
          .max(mostDays * TIME_UNITS.d),
      ),
    allowed: `a time such as 30s, 15min, 2h or 30d (a bare number counts in ${unit}), at most ${mostDays}d${orNever ? '; 0 for never' : ''}`,
  };
}

function withUnit(units: Record<string, number>) {
  return (text: string, context: z.core.$RefinementCtx<string>): number => {
    const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text) ?? [];
    const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
    if (amount !== undefined && factor !== undefined) return Math.round(Number(amount) * factor);
    context.issues.push({ code: 'custom', input: text });
    return z.NEVER;
  };
}

export function oneOf<const Choice extends string>(...choices: Choice[]): Kind<Choice> {
  return { schema: z.enum(choices) as unknown as z.ZodType<Choice, string>, allowed: choices.join(', ') };
}

/** An address that a server can listen on; a name could mean several. */
export const address: Kind<string> = {
  schema: z.string().refine((text) => isIP(text) !== 0 || text === 'localhost'),
  allowed: 'localhost or an IP address of this machine; 0.0.0.0 for all of them',
};

/** Normal form: lower case, no default port, no slash at the end. */
export const origin: Kind<string> = {
  schema: z.string().transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href) return url.origin;
    context.issues.push({ code: 'custom', input: text });
    return z.NEVER;
  }),
  allowed: 'http:// or https://, a host and perhaps a port, without a path, such as http://class.example:8080',
};

/** In the form in which every tool takes it. */
export const ipRange: Kind<string> = {
  schema: z.string().refine((text) => {
    const [, ip, bits] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
    return ip !== undefined && isIPv4(ip) && Number(bits) <= 32;
  }),
  allowed: 'a range of IPv4 addresses such as 141.20.0.0/16, or 141.20.1.7/32 for one',
};

/** Undefined: nowhere. */
export const listener: Kind<{ host: string; port: number } | undefined> = {
  schema: z.string().transform((text, context) => {
    if (text === 'none') return undefined;
    const [, v6, v4, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
    const host = v6 ?? v4;
    const known = host !== undefined && (host === 'localhost' || isIP(host) === (v6 === undefined ? 4 : 6));
    if (known && Number(port) <= 65_535) return { host, port: Number(port) };
    context.issues.push({ code: 'custom', input: text });
    return z.NEVER;
  }),
  allowed: 'none, or an IP address of this machine and a port, such as 127.0.0.1:9464 or [::1]:9464',
};

export const proxy: Kind<string> = {
  schema: z.string().refine(isProxy),
  allowed: 'an address such as 192.0.2.1, a range such as 10.0.0.0/8, or unix for the peers of a Unix socket',
};

export const folder: Kind<string> = {
  schema: z
    .string()
    .min(1)
    .refine((text) => !text.includes('\0')),
  allowed: 'a folder',
};

/** Names of users and control groups: what every tool that meets them takes. */
export const systemName: Kind<string> = {
  schema: z.string().regex(/^[a-z][a-z0-9_-]{0,30}$/),
  allowed: 'lower-case letters, digits, - and _, a letter first, at most 31',
};
