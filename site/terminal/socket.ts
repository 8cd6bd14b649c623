/** The part of a WebSocket that a connection needs; tests have one of their own. */
export interface Socket {
  send(data: string | Uint8Array): void;
  /** Nothing is heard from the socket after this. */
  close(): void;
}

export interface SocketListener {
  opened(): void;
  text(data: string): void;
  bytes(data: Uint8Array): void;
  /** `code` is the close code: 1006 where the server could not say one. */
  closed(code: number): void;
}

export function openWebSocket(path: string, listener: SocketListener): Socket {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  const silence = new AbortController();
  const { signal } = silence;
  socket.addEventListener('open', () => listener.opened(), { signal });
  socket.addEventListener('close', ({ code }) => listener.closed(code), { signal });
  socket.addEventListener(
    'message',
    ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === 'string') listener.text(data);
      else listener.bytes(new Uint8Array(data));
    },
    { signal },
  );
  return {
    send: (data) => socket.send(data as string | Uint8Array<ArrayBuffer>),
    close: () => {
      silence.abort();
      socket.close();
    },
  };
}
