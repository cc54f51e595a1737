type Stop = () => Promise<unknown>;

/** What was started and has to be stopped, the last one first. */
export class StopStack {
  readonly #stops: Stop[] = [];
  #isStopped = false;

  /** Waits until something is started, and notes how it is stopped; stops it again when that is late. */
  async started<T extends { stop: Stop }>(starting: Promise<T>): Promise<T> {
    const part = await starting;
    if (this.#isStopped) await part.stop();
    else this.push(() => part.stop());
    return part;
  }

  push(stop: Stop): void {
    this.#stops.push(stop);
  }

  /** Stops everything, also when stopping some of it fails; throws what failed first. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const failures: unknown[] = [];
    for (const stop of this.#stops.splice(0).reverse()) {
      await stop().catch((error) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
