/** A value for each period, the oldest first; nothing where a metric has none. */
export type Series = readonly (number | undefined)[];
type Value = number | Series;

export interface MathContext {
  /** The series of a metric, by its id. */
  series(id: string): Series;
  /** Whether FILL makes values of a metric that has none in the whole range; AWS does not say. */
  fillsEmpty: boolean;
}

type Tokens = { next(): string | undefined; peek(): string | undefined };

const TOKEN = /\s*([A-Z_]+(?=\()|[a-z]\w*|\d+(?:\.\d+)?|>=|<=|[-+*/><(),])/gy;

/**
 * What of metric math the stack's alarms use (CloudWatch user guide, "Using math expressions with CloudWatch metrics"): sums,
 * `>`, FILL, RUNNING_SUM and IF. Throws on everything else.
 */
export function evaluateMath(expression: string, context: MathContext): Series {
  const tokens = tokensOf(expression);
  const value = comparison(tokens, context);
  if (tokens.peek() !== undefined) throw new Error(`metric math: "${tokens.peek()}" in ${expression}`);
  if (typeof value === 'number') throw new Error(`metric math: ${expression} is no series`);
  return value;
}

function tokensOf(expression: string): Tokens {
  const found = [...expression.matchAll(TOKEN)].map(([, token = '']) => token);
  if (found.join('') !== expression.replaceAll(' ', '')) throw new Error(`metric math: ${expression}`);
  let at = 0;
  return { next: () => found[at++], peek: () => found[at] };
}

function comparison(tokens: Tokens, context: MathContext): Value {
  const left = sum(tokens, context);
  if (tokens.peek() !== '>') return left;
  tokens.next();
  const limit = sum(tokens, context);
  if (typeof left === 'number' || typeof limit !== 'number') throw new Error('metric math: series > number');
  return left.map((value) => (value === undefined ? undefined : Number(value > limit)));
}

function sum(tokens: Tokens, context: MathContext): Value {
  let total = operand(tokens, context);
  while (tokens.peek() === '+') {
    tokens.next();
    total = plus(total, operand(tokens, context));
  }
  return total;
}

/** Where only one series has a value, the other counts as 0. */
function plus(left: Value, right: Value): Value {
  if (typeof left === 'number' || typeof right === 'number') throw new Error('metric math: series + series');
  return left.map((value, index) => {
    const other = right[index];
    return value === undefined && other === undefined ? undefined : (value ?? 0) + (other ?? 0);
  });
}

function operand(tokens: Tokens, context: MathContext): Value {
  const token = tokens.next() ?? '';
  if (/^\d/.test(token)) return Number(token);
  if (/^[a-z]/.test(token)) return context.series(token);
  expectToken(tokens, '(');
  const args = [comparison(tokens, context)];
  while (tokens.peek() === ',') {
    tokens.next();
    args.push(comparison(tokens, context));
  }
  expectToken(tokens, ')');
  return call(token, args, context);
}

function call(name: string, [first, second, third]: Value[], { fillsEmpty }: MathContext): Value {
  if (typeof first === 'object') {
    if (name === 'FILL' && typeof second === 'number') {
      const isEmpty = first.every((value) => value === undefined);
      return isEmpty && !fillsEmpty ? first : first.map((value) => value ?? second);
    }
    if (name === 'RUNNING_SUM') {
      let total = 0;
      return first.map((value) => {
        total += value ?? 0;
        return value === undefined ? undefined : total;
      });
    }
    if (name === 'IF' && typeof second === 'number' && typeof third === 'object')
      return first.map((condition, index) => (condition ? second : third[index]));
    // Of two arguments: dropped where the condition is not true.
    if (name === 'IF' && typeof second === 'object' && third === undefined)
      return first.map((condition, index) => (condition ? (second[index] ?? 0) : undefined));
  }
  throw new Error(`metric math: ${name} with these arguments`);
}

function expectToken(tokens: Tokens, wanted: string): void {
  const token = tokens.next();
  if (token !== wanted) throw new Error(`metric math: "${token}" where "${wanted}" should be`);
}
