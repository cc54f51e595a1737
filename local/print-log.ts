/** Prints a function's line for a person: of structured lines the level and what they say, of Lambda's own the errors. */
export function printLog(functionName: string, line: string): void {
  const text = readable(line);
  if (text !== undefined) console.log(`  ${functionName}  ${text}`);
}

function readable(line: string): string | undefined {
  if (/^(START|END|REPORT) RequestId:/.test(line)) return undefined;
  try {
    const { level, message, error } = JSON.parse(line);
    if (typeof message !== 'string') return line;
    return [level, message, error?.message].filter((part) => part !== undefined).join('  ');
  } catch {
    return line;
  }
}
