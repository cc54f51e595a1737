import { oneLine } from './one-line.ts';

const LONGEST = 4_000;

/** What was seen, and, unless all is well, what to do; one line each. */
export interface Result<Check extends string> {
  check: Check;
  status: 'ok' | 'warning' | 'failing';
  seen: string;
  remedy: string;
}

export function resultsOf<Check extends string>() {
  const of =
    (status: Result<Check>['status']) =>
    (check: Check, seen: string, remedy: string): Result<Check> => ({
      check,
      status,
      seen: oneLine(seen, LONGEST),
      remedy: oneLine(remedy, LONGEST),
    });
  return {
    ok: (check: Check, seen: string) => of('ok')(check, seen, ''),
    warning: of('warning'),
    failing: of('failing'),
  };
}
