/** Ids that nobody can guess. */
import { randomBytes } from 'node:crypto';

/** Crockford's base 32: no letter that is read as another. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** `length` characters of 5 random bits each; 26 are 130 bits. */
export function randomId(length = 26): string {
  return Array.from(randomBytes(length), (byte) => ALPHABET[byte & 31]).join('');
}
