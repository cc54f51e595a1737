import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** What bootstrap.mjs writes to both streams after each invocation. */
const END_OF_OUTPUT = '\0end';

/** The lines that a function's process prints, on either stream, in the order of their arrival. */
export class FunctionOutput {
  readonly #onLine: (line: string) => void;
  #lines: string[] = [];
  #endsSeen = 0;
  #onEnd: (() => void) | undefined;

  constructor(streams: Readable[], onLine: (line: string) => void) {
    this.#onLine = onLine;
    for (const stream of streams) createInterface(stream).on('line', (line) => this.#receive(line));
  }

  /** Adds a line of Lambda's own. */
  line(text: string): void {
    this.#lines.push(text);
    this.#onLine(text);
  }

  /** Resolves when both streams are read to the end of the current invocation. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      this.#onEnd = resolve;
      this.#settle();
    });
  }

  /** The lines since the last take. */
  take(): string {
    const lines = this.#lines;
    this.#lines = [];
    this.#endsSeen = 0;
    return lines.map((line) => `${line}\n`).join('');
  }

  #receive(line: string): void {
    const isEnd = line.endsWith(END_OF_OUTPUT);
    const text = isEnd ? line.slice(0, -END_OF_OUTPUT.length) : line;
    if (text !== '' || !isEnd) this.line(text);
    if (isEnd) this.#endsSeen += 1;
    this.#settle();
  }

  #settle(): void {
    if (this.#endsSeen >= 2) this.#onEnd?.();
  }
}
