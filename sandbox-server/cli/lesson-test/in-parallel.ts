/**
 * What `work` gives for each item, in their order; at most `most` at once. Where one rejects or `signal` is aborted, no other
 * begins, and the signal of those that go on is aborted. It rejects with the first reason when all of them are over.
 */
export async function inParallel<T, R>(
  most: number,
  items: readonly T[],
  signal: AbortSignal,
  work: (item: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const failed = new AbortController();
  const ending = AbortSignal.any([signal, failed.signal]);
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) {
      ending.throwIfAborted();
      results[index] = await work(item, ending);
    }
  };
  const workers = Array.from({ length: Math.min(most, items.length) }, () =>
    worker().catch((error: unknown) => failed.abort(error)),
  );
  await Promise.all(workers);
  ending.throwIfAborted();
  return results;
}
