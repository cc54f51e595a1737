/** Code whose mutants are known, for the test of the runner that tries them. */
export const FIRST = 3;

export function countDown(from: number): number {
  let left = from;
  let steps = 0;
  while (left > 0) {
    left -= 1;
    steps += 1;
  }
  return steps;
}

export function wait(): Promise<void> {
  return new Promise((done) => {
    done();
  });
}

export function amountOf(count: number): string {
  return count > 1 ? 'many' : 'few';
}

export function timesSeven(count: number): number {
  return count * 7;
}
