/** Who a request comes from: a learner's id in a signed cookie. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { randomId } from '../session/ids.ts';
import type { Learner, Learners } from '../store/learners.ts';

export const COOKIE = 'slipway';

/** A year: the cookie is all that a learner's work hangs on, besides the recovery code. */
const COOKIE_SECONDS = 365 * 24 * 3600;

/** 20 characters of 5 bits: too many to try out, short enough to write down. */
const RECOVERY_LENGTH = 20;

export class Identity {
  private readonly app: FastifyInstance;
  private readonly learners: Learners;

  constructor(app: FastifyInstance, learners: Learners) {
    this.app = app;
    this.learners = learners;
  }

  /** The learner of a `Cookie` header, or undefined where there is none that we signed and still know. */
  of(cookieHeader: string | undefined): Learner | undefined {
    const value = this.app.parseCookie(cookieHeader ?? '')[COOKIE];
    if (value === undefined) return undefined;
    const { valid, value: id } = this.app.unsignCookie(value);
    return valid && id ? this.learners.visit(id) : undefined;
  }

  /** Makes the visitor a new learner. */
  welcome(request: FastifyRequest, reply: FastifyReply): Learner {
    const learner = this.learners.create(randomId());
    this.remember(request, reply, learner.id);
    return learner;
  }

  remember(request: FastifyRequest, reply: FastifyReply, id: string): void {
    reply.setCookie(COOKIE, id, {
      signed: true,
      httpOnly: true,
      sameSite: 'lax',
      path: '/',
      maxAge: COOKIE_SECONDS,
      // On a class's own network there is no certificate, and a Secure cookie would not be kept.
      secure: request.client.secure || (request.headers.origin?.startsWith('https:') ?? false),
    });
  }

  /** The browser is nobody's again. */
  forget(reply: FastifyReply): void {
    reply.clearCookie(COOKIE, { path: '/' });
  }

  newRecoveryCode(learner: Learner): string {
    const code = randomId(RECOVERY_LENGTH);
    this.learners.setRecoveryHash(learner.id, hash(code));
    return code.replace(/(.{4})(?=.)/g, '$1-');
  }

  /** The id of the learner whose recovery code this is. Read as people write: any case, any separators, O for 0. */
  findByRecoveryCode(code: string): string | undefined {
    return this.learners.findByRecoveryHash(hash(normalise(code)));
  }
}

/** Whether two codes are the same, in a time that does not tell how much of it is. */
export function sameCode(given: string, expected: string): boolean {
  return timingSafeEqual(digest(normalise(given)), digest(normalise(expected)));
}

function normalise(code: string): string {
  return code
    .toLowerCase()
    .replace(/[^0-9a-z]/g, '')
    .replace(/o/g, '0')
    .replace(/[il]/g, '1');
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function hash(code: string): string {
  return digest(code).toString('hex');
}
