/** Limits that both ends of a terminal's WebSocket keep. Each with its reason. */

/** Largest message a page may send, in bytes. A paste is cut into pieces of this size by the page. */
export const MAX_CLIENT_MESSAGE_BYTES = 64 * 1024;

/**
 * How far the gateway runs ahead of what the page has parsed, in bytes. At 25 MB/s this is 20 ms of work for the page, so
 * that Ctrl-C is answered at once, and more than a fast local network holds in flight, so that throughput does not suffer.
 */
export const UNPARSED_WINDOW_BYTES = 512 * 1024;

/** The page acknowledges at least each time it has parsed this much: a quarter of the window keeps the stream moving. */
export const PARSED_STEP_BYTES = UNPARSED_WINDOW_BYTES / 4;

/** Terminal sizes that make sense; below 2 some programs loop, above 1000 a screen's memory is an attack. */
export const MIN_CELLS = 2;
export const MAX_CELLS = 1000;

/** Terminals of one sandbox; each may cost its init 1 MiB (maxTerminals in native/pid1). */
export const MAX_SANDBOX_TERMINALS = 16;

/**
 * Those of them that a learner may open beside the lesson's: one to edit, one to watch, one to try, one to spare. Few
 * enough that twelve are left for the lessons of a course, and that their tabs can be told apart.
 */
export const MAX_OWN_TERMINALS = 4;

/** Lines of scrollback the page keeps. */
export const SCROLLBACK_LINES = 10_000;

/** The gateway pings each socket this often; one that does not answer until the next ping is closed. */
export const PING_INTERVAL_MS = 15_000;

/** Most lines of one paste that go to a shell without bracketed paste unasked. */
export const PASTE_LINES_UNASKED = 1;
