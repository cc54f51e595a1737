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
  return InputTemplate.replaceAll(/<([\w.-]+)>/g, (placeholder, name: string, at: number) => {
    const path = InputPathsMap[name];
    const value = path === undefined ? undefined : atPath(event, path);
    if (value === undefined) return placeholder;
    const json = JSON.stringify(value);
    return typeof value === 'string' && isInString(InputTemplate, at) ? json.slice(1, -1) : json;
  });
}

/** Inside a string of the template a text is filled in without quotes of its own. */
function isInString(template: string, at: number): boolean {
  const quotes = template.slice(0, at).match(/(?<!\\)"/g) ?? [];
  return quotes.length % 2 === 1;
}

/** The value at a JSON path of plain fields and indexes, such as `$.detail.names[0]`. */
function atPath(event: BusEvent, path: string): unknown {
  const steps = path.replace(/^\$\.?/, '').split(/\.|\[(\d+)\]/);
  return steps
    .filter((step) => step !== undefined && step !== '')
    .reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], event);
}
