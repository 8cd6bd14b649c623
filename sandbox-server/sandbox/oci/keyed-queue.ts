/** Runs the tasks of one key in the order in which they came, and those of different keys side by side. */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<unknown>>();

  run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const before = this.tails.get(key) ?? Promise.resolve();
    const result = before.then(task, task);
    const tail: Promise<void> = result
      .then(
        () => {},
        () => {},
      )
      .then(() => {
        if (this.tails.get(key) === tail) this.tails.delete(key);
      });
    this.tails.set(key, tail);
    return result;
  }

  /** Resolves when all tasks that were given so far have ended. */
  async drained(): Promise<void> {
    await Promise.all(this.tails.values());
  }
}
