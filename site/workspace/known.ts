/** early.js reads the same key, so that what is to be told of a learner has its place before the first paint. */
const KEY = 'slipway-known';

/** Whether this browser's visitor has opened a lesson: of all others the server has nothing to tell, and is not asked. */
export function isKnown(): boolean {
  return document.documentElement.hasAttribute('data-known');
}

export function becomeKnown(): void {
  document.documentElement.setAttribute('data-known', '');
  try {
    localStorage.setItem(KEY, '1');
  } catch {
    // Nothing is stored here: it is so until the page is closed.
  }
}

/** What this browser remembers of the visitor. */
export function forgetAll(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith('slipway')) localStorage.removeItem(key);
  } catch {
    // Nothing is stored here.
  }
}
