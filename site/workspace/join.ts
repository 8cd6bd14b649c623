import type { JoinRequest } from '../../sandbox-server/protocol/api.ts';
import { post } from './api.ts';

/** Sends the access code; a printed address carries it behind its #, where no server and no log sees it. */
function enableJoin(form: HTMLFormElement): void {
  const input = form.querySelector('input');
  const note = form.querySelector<HTMLElement>('[role="alert"]');
  const submit = form.querySelector('button');
  if (input === null || note === null || submit === null) return;

  const join = async () => {
    submit.disabled = true;
    const outcome = await post('/api/join', { code: input.value.trim() } satisfies JoinRequest);
    submit.disabled = false;
    if (outcome.ok) return location.replace(nextOf(location));
    note.textContent = outcome.message;
    input.select();
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void join();
  });
  const code = codeOf(location.hash);
  if (code === '') return input.focus();
  // Out of the address and the history at once: it may be seen over a shoulder, or shared with a link.
  history.replaceState(history.state, '', location.pathname + location.search);
  input.value = code;
  void join();
}

function codeOf(hash: string): string {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    // A percent sign that encodes nothing.
    return hash.slice(1);
  }
}

/** Where to go afterwards: a path of this site, nothing else. */
function nextOf({ search, origin }: Location): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  if (!next.startsWith('/') || !URL.canParse(next, origin)) return '/';
  const url = new URL(next, origin);
  return url.origin === origin ? url.pathname + url.search + url.hash : '/';
}

document.addEventListener('astro:page-load', () => {
  const form = document.querySelector<HTMLFormElement>('form[data-join]');
  if (form !== null) enableJoin(form);
});
