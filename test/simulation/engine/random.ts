import { createHash } from 'node:crypto';

/** A stream of numbers that only its seed and its name decide (sfc32, C. Doty-Humphrey, PractRand). */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: bigint, name: string) {
    const digest = createHash('sha256').update(`${seed} ${name}`).digest();
    this.#a = digest.readInt32LE(0);
    this.#b = digest.readInt32LE(4);
    this.#c = digest.readInt32LE(8);
    this.#d = digest.readInt32LE(12);
  }

  #next(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    return t >>> 0;
  }

  /** In [0, 1). */
  fraction(): number {
    return this.#next() / 2 ** 32;
  }

  chance(probability: number): boolean {
    return probability > 0 && this.fraction() < probability;
  }

  between(least: number, most: number): number {
    return least + this.fraction() * (most - least);
  }

  /** A whole number, both ends included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  /** Every order of size between the two is as likely. */
  spread(least: number, most: number): number {
    return least * (most / least) ** this.fraction();
  }

  /** The time to the next of events that come by themselves, so often on average. */
  untilNext(mean: number): number {
    return -Math.log(1 - this.fraction()) * mean;
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.fraction() * items.length)] as T;
  }

  some<T>(items: readonly T[], probability: number): T[] {
    return items.filter(() => this.chance(probability));
  }

  hex(bytes: number): string {
    let text = '';
    for (let left = 0; left < bytes; left += 1) text += (this.#next() & 255).toString(16).padStart(2, '0');
    return text;
  }
}

/** The streams of one run: what one of them is asked changes nothing for the others. */
export class Streams {
  readonly seed: bigint;
  readonly #streams = new Map<string, Random>();

  constructor(seed: bigint) {
    this.seed = seed;
  }

  of(name: string): Random {
    const stream = this.#streams.get(name) ?? new Random(this.seed, name);
    this.#streams.set(name, stream);
    return stream;
  }
}
