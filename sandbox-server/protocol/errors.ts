/**
 * The one registry of errors that a learner can meet. A code is permanent: it is in pages, metrics and logs.
 * A learner's text has no path, no host name and no stack. docs/errors.md is generated from this file.
 */

interface ErrorEntry {
  /** HTTP status of a response that carries this error. */
  status: number;
  /** WebSocket close code (4000-4999 are the application's own). 4000 + status where that is unique. */
  close: number;
  /** What happened, one sentence, for the learner. */
  text: string;
  /** What to do next, for the learner. */
  hint: string;
  /** Whether a page may try again by itself. */
  retry: boolean;
}

export const ERRORS = {
  'sandboxes-off': {
    status: 503,
    close: 4500,
    text: 'This server shows the lessons only; it has no terminals.',
    hint: 'Read on: the output of the commands stands in the text. Whoever runs the server can turn terminals on by starting it as root on Linux.',
    retry: false,
  },
  'no-room': {
    status: 503,
    close: 4503,
    text: 'All sandboxes of this server are in use.',
    hint: 'Open a terminal: it waits in the queue and starts when it is your turn. Your files are kept.',
    retry: true,
  },
  'queue-full': {
    status: 503,
    close: 4531,
    text: 'All sandboxes of this server are in use, and its queue is full.',
    hint: 'Wait some minutes: the page tries again by itself. Your files are kept.',
    retry: true,
  },
  'too-many-sandboxes': {
    status: 503,
    close: 4533,
    text: 'The server keeps the files of as many learners as it can.',
    hint: 'Tell whoever runs the server. Room comes when files are deleted that nobody has used for long.',
    retry: true,
  },
  'others-wait': {
    status: 409,
    close: 4534,
    text: 'Others wait for a place on this server, so your session cannot be made longer.',
    hint: 'Finish what you are at. Your files are kept, and you can start again later.',
    retry: false,
  },
  'session-over': {
    status: 409,
    close: 4532,
    text: 'The time of your session is over.',
    hint: 'Start the sandbox again when you like: your files are kept, running programs are not.',
    retry: false,
  },
  'image-missing': {
    status: 503,
    close: 4510,
    text: 'The image of this course has not been built on this server.',
    hint: 'Tell whoever runs the server to start it again: that builds the image.',
    retry: false,
  },
  'image-refused': {
    status: 503,
    close: 4511,
    text: 'The image of this course is not safe to start.',
    hint: 'Tell whoever runs the server: its log says what is wrong with the image.',
    retry: false,
  },
  'profile-unsupported': {
    status: 503,
    close: 4513,
    text: 'This course runs Docker inside its sandboxes, and this server’s machine cannot.',
    hint: 'Read on: the output of the commands stands in the text. Tell whoever runs the server that npm run doctor says what the machine lacks.',
    retry: false,
  },
  'start-failed': {
    status: 500,
    close: 4512,
    text: 'Your sandbox could not be started.',
    hint: 'Try again. If it fails again, tell whoever runs the server: its log says why.',
    retry: false,
  },
  'lesson-broken': {
    status: 500,
    close: 4514,
    text: 'A step of this lesson that prepares your sandbox failed.',
    hint: 'Tell whoever wrote the lesson. Your files are kept.',
    retry: false,
  },
  'move-under-way': {
    status: 409,
    close: 4528,
    text: 'Your sandbox is already on its way to a task.',
    hint: 'Wait until it is there.',
    retry: false,
  },
  'start-timeout': {
    status: 504,
    close: 4504,
    text: 'Your sandbox took too long to start.',
    hint: 'The server is busy. Try again in a minute; your files are kept.',
    retry: true,
  },
  'sandbox-died': {
    status: 410,
    close: 4520,
    text: 'Your sandbox has ended.',
    hint: 'Start it again: your files are kept, running programs are not.',
    retry: false,
  },
  'sandbox-stopped': {
    status: 409,
    close: 4521,
    text: 'Your sandbox was stopped.',
    hint: 'Start it again: your files are kept, running programs are not.',
    retry: false,
  },
  'stopped-by-operator': {
    status: 409,
    close: 4535,
    text: 'Whoever runs the server stopped your sandbox.',
    hint: 'Start it again: your files are kept, running programs are not.',
    retry: false,
  },
  'removed-by-operator': {
    status: 410,
    close: 4536,
    text: 'Whoever runs the server removed your sandbox with its files.',
    hint: 'Start it again: you get a new one, and what you have done in the lessons still counts.',
    retry: false,
  },
  'out-of-memory': {
    status: 507,
    close: 4522,
    text: 'A program needed more memory than your sandbox has, and was ended.',
    hint: 'Try again with less. Your files are kept.',
    retry: false,
  },
  'disk-full': {
    status: 507,
    close: 4523,
    text: 'The disk of your sandbox is full.',
    hint: 'Delete files that you no longer need, for example with rm.',
    retry: false,
  },
  'too-many-processes': {
    status: 507,
    close: 4524,
    text: 'Your sandbox has as many processes as it may have.',
    hint: 'End some of them, or restart the sandbox.',
    retry: false,
  },
  'too-many-terminals': {
    status: 409,
    close: 4409,
    text: 'Your sandbox has as many terminals as it may have.',
    hint: 'Close one that you opened yourself, or restart the sandbox.',
    retry: false,
  },
  'host-disk-full': {
    status: 507,
    close: 4525,
    text: 'The server has no disk space left.',
    hint: 'Tell whoever runs the server. Your files are kept.',
    retry: false,
  },
  'not-saved': {
    status: 503,
    close: 4530,
    text: 'The server could not save that.',
    hint: 'Wait a moment and try again: what was saved before is kept. If it lasts, tell whoever runs the server.',
    retry: true,
  },
  'server-exhausted': {
    status: 503,
    close: 4531,
    text: 'The server has too much to do at once.',
    hint: 'Wait a moment: the page tries again by itself. Your files are kept, and your shells go on.',
    retry: true,
  },
  'sandbox-silent': {
    status: 504,
    close: 4532,
    text: 'Your sandbox does not answer.',
    hint: 'Wait a moment: the page tries again by itself. If it lasts, restart the sandbox: your files are kept, running programs are not.',
    retry: true,
  },
  'supervisor-away': {
    status: 503,
    close: 4526,
    text: 'The part of the server that runs sandboxes does not answer.',
    hint: 'Wait a moment: the page tries again by itself. If it lasts, tell whoever runs the server.',
    retry: true,
  },
  'server-stopping': {
    status: 503,
    close: 4527,
    text: 'The server is being restarted.',
    hint: 'Wait a moment: the page connects again by itself, and your shell goes on.',
    retry: true,
  },
  'not-signed-in': {
    status: 401,
    close: 4401,
    text: 'The server does not know you yet.',
    hint: 'Reload the page. If your browser blocks cookies, allow them for this site.',
    retry: false,
  },
  'access-code-needed': {
    status: 401,
    close: 4402,
    text: 'This server asks for an access code.',
    hint: 'Open the address that your trainer gave you, or enter the code.',
    retry: false,
  },
  'wrong-access-code': {
    status: 403,
    close: 4403,
    text: 'That is not the access code.',
    hint: 'Check it against what your trainer gave you; letters and digits only.',
    retry: false,
  },
  'wrong-recovery-code': {
    status: 403,
    close: 4405,
    text: 'No work is kept under that recovery code.',
    hint: 'Check it letter by letter. A newer code makes the older one void.',
    retry: false,
  },
  'foreign-origin': {
    status: 403,
    close: 4406,
    text: 'This page is not one of the server’s own.',
    hint: 'Open the server by the address that it printed at its start. Whoever runs it can add this address with --url.',
    retry: false,
  },
  'wrong-host': {
    status: 421,
    close: 4421,
    text: 'The server is not reached under this name.',
    hint: 'Open the server by the address that it printed at its start. Whoever runs it can add this address with --url.',
    retry: false,
  },
  'not-found': {
    status: 404,
    close: 4404,
    text: 'There is nothing here.',
    hint: 'Go back to the list of courses.',
    retry: false,
  },
  'bad-request': {
    status: 400,
    close: 4400,
    text: 'The server did not understand the page.',
    hint: 'Reload the page.',
    retry: false,
  },
  'too-many-requests': {
    status: 429,
    close: 4429,
    text: 'That was too often in a short time.',
    hint: 'Wait a minute, then try again.',
    retry: true,
  },
  unexpected: {
    status: 500,
    close: 4599,
    text: 'Something went wrong in the server.',
    hint: 'Reload the page. If it happens again, tell whoever runs the server: its log says more.',
    retry: true,
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];

/** Whether the server itself is at fault: its log has more, and a learner is shown the reference to that. */
export function isServersOwn(code: ErrorCode): boolean {
  return ERRORS[code].status >= 500;
}

/** The error that a WebSocket close code stands for, or undefined for codes that are not ours. */
export function errorOfCloseCode(close: number): ErrorCode | undefined {
  return ERROR_CODES.find((code) => ERRORS[code].close === close);
}
