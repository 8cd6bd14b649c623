/** Tells of changes in the folder of the courses, as soon as whoever makes them pauses. */
import { sep } from 'node:path';
import { watch } from 'chokidar';

/** An editor saves in several steps, in milliseconds; the author is not to feel the wait for them. */
const PAUSE_MS = 15;

export interface Watched extends AsyncDisposable {
  /** Resolves when no change is missed any more. */
  ready: Promise<void>;
}

/** Calls `onChange` with whether an image was among what changed. CHOKIDAR_USEPOLLING=1: for folders that tell of nothing. */
export function watchCourses(lessons: string, onChange: (what: { image: boolean }) => void): Watched {
  let timer: NodeJS.Timeout | undefined;
  let image = false;
  const watcher = watch(lessons, { ignoreInitial: true });
  watcher.on('all', (_event, path) => {
    // `<course>/image/image.yaml`, `<course>/image/files/…`
    if (path.slice(lessons.length).split(sep)[2] === 'image') image = true;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const what = { image };
      image = false;
      onChange(what);
    }, PAUSE_MS);
  });
  return {
    ready: new Promise((resolve) => watcher.once('ready', resolve)),
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}
