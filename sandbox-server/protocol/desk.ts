/**
 * What the gateway says to the pages of an author's desk (`slipway dev`); other servers have none of it.
 *
 * `GET /api/desk/events` are server-sent events. The data of each is a `DeskState` in JSON: everything, each time that
 * something changed, and once at the beginning.
 * `POST /api/desk/courses/:course/sandbox/renew` → 204. Deletes the author's sandbox of the course with its files; the next
 * terminal that is opened makes a new one, of the image as it is now.
 */
export interface DeskState {
  /**
   * Addresses of pages, and the stamp with which each last changed: a page carries its own in `data-desk` of its `<html>`.
   * Higher is newer. Pages that have not changed since the desk was opened may be missing.
   */
  pages: Record<string, number>;
  /** All mistakes of the courses. While there are any, pages and checks stay as they were. */
  problems: DeskProblem[];
  images: DeskImage[];
}

export interface DeskProblem {
  /** File, line and column: `lessons/first-steps/01-hello/index.md:4:1`. */
  place: string;
  what: string;
  expected: string;
  mend: string;
}

/** An image about which its courses' pages have something to say. */
export interface DeskImage {
  name: string;
  /** Courses whose sandboxes are made of it. */
  courses: string[];
  /** `newer`: the sandbox of whoever asks was made before the image changed. */
  state: 'building' | 'failed' | 'newer';
  /** Of `failed`: why. */
  text: string;
}
