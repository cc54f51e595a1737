import type { Target } from '@aws-sdk/client-eventbridge';
import type { BusEvent } from './event.ts';

/**
 * What a target gets of an event, as JSON: its Input, the part at its InputPath, its InputTransformer
 * filled in, or all of it. Source: EventBridge API reference, Target.
 */
export function targetInput(target: Target, event: BusEvent): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(atPath(event, target.InputPath) ?? null);
  const { InputTemplate, InputPathsMap = {} } = target.InputTransformer ?? {};
  if (InputTemplate === undefined) return JSON.stringify(event);
  return InputTemplate.replaceAll(/"?<([\w.-]+)>"?/g, (placeholder, name: string) => {
    const path = InputPathsMap[name];
    const value = path === undefined ? undefined : atPath(event, path);
    if (value === undefined) return placeholder;
    return fill(placeholder, value);
  });
}

/** Quotes around a placeholder stay once; a string in the middle of a text has none. */
function fill(placeholder: string, value: unknown): string {
  const opens = placeholder.startsWith('"');
  const closes = placeholder.endsWith('"');
  if (opens && closes) return JSON.stringify(value);
  const inside = typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value);
  return `${opens ? '"' : ''}${inside}${closes ? '"' : ''}`;
}

/** The value at a JSON path of plain fields and indexes, such as `$.detail.names[0]`. */
function atPath(event: BusEvent, path: string): unknown {
  const steps = path.replace(/^\$\.?/, '').split(/\.|\[(\d+)\]/);
  return steps
    .filter((step) => step !== undefined && step !== '')
    .reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], event);
}
