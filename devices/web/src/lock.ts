/** Lets one asynchronous piece of work run at a time, in the order of the calls. */
export class Lock {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when all that came before has ended. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work, work);
    this.last = result.catch(() => undefined);
    return result;
  }
}
