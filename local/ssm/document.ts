import { SsmApiError } from './api-error.ts';

/** A command document, schema 2.2. Source: Systems Manager user guide, "Data elements and parameters". */
export interface CommandDocument {
  schemaVersion: string;
  parameters?: Record<string, DocumentParameter>;
  mainSteps: DocumentStep[];
}

interface DocumentParameter {
  type: string;
  default?: string | string[];
  allowedPattern?: string;
  allowedValues?: string[];
  minChars?: number;
  maxChars?: number;
  /** ENV_VAR: the agent hands the value over as the environment variable SSM_<name> */
  interpolationType?: 'ENV_VAR';
}

interface DocumentStep {
  action: string;
  name: string;
  inputs: { runCommand?: string[]; timeoutSeconds?: string };
}

/** A step with its parameters filled in. */
export interface ReadyStep {
  name: string;
  script: string;
  limitMs: number;
}

const DEFAULT_STEP_SECONDS = 3600;

export function parseDocument(content: string): CommandDocument {
  const document = JSON.parse(content) as CommandDocument;
  const step = document.mainSteps?.find(({ action }) => action !== 'aws:runShellScript');
  if (document.schemaVersion !== '2.2' || !document.mainSteps || step)
    throw new SsmApiError('InvalidDocument', `the local SSM runs aws:runShellScript of schema 2.2 only`);
  return document;
}

export type ParameterValues = Record<string, string[]>;

/** The parameters as sent with the defaults added; refused where one is unknown, missing or not allowed. */
export function checkParameters(document: CommandDocument, sent: ParameterValues): ParameterValues {
  const declared = document.parameters ?? {};
  for (const name of Object.keys(sent)) {
    if (!Object.hasOwn(declared, name))
      throw new SsmApiError('InvalidParameters', `the document has no parameter ${name}`);
  }
  return Object.fromEntries(
    Object.entries(declared).map(([name, parameter]) => {
      const values = sent[name] ?? defaultOf(parameter);
      if (!values) throw new SsmApiError('InvalidParameters', `parameter ${name} has no value`);
      checkValues(name, parameter, values);
      return [name, values];
    }),
  );
}

function defaultOf(parameter: DocumentParameter): string[] | undefined {
  if (parameter.default === undefined) return undefined;
  return Array.isArray(parameter.default) ? parameter.default : [parameter.default];
}

function checkValues(name: string, parameter: DocumentParameter, values: string[]): void {
  const refuse = (why: string) => {
    throw new SsmApiError('InvalidParameters', `parameter ${name} ${why}`);
  };
  if (parameter.type === 'String' && values.length !== 1) refuse('is a String and takes one value');
  for (const value of values) {
    const { allowedPattern, allowedValues, minChars = 0, maxChars = Number.POSITIVE_INFINITY } = parameter;
    if (allowedValues && !allowedValues.includes(value)) refuse('is not one of the allowed values');
    if (allowedPattern && !new RegExp(allowedPattern).test(value)) refuse(`does not match ${allowedPattern}`);
    if (value.length < minChars || value.length > maxChars) refuse('is too short or too long');
  }
}

/** What the SSM agent adds to the environment of a step. */
export function environmentOf(document: CommandDocument, values: ParameterValues): Record<string, string> {
  const asVariables = Object.entries(document.parameters ?? {}).filter(
    ([, parameter]) => parameter.interpolationType === 'ENV_VAR',
  );
  return Object.fromEntries(asVariables.map(([name]) => [`SSM_${name}`, values[name]?.join(' ') ?? '']));
}

/** The steps' scripts, `{{ name }}` replaced by the value as it is, except where it is an environment variable. */
export function readySteps(document: CommandDocument, values: ParameterValues): ReadyStep[] {
  const fill = (text: string) =>
    text.replace(/\{\{\s*(\w+)\s*\}\}/g, (written, name: string) => {
      const parameter = document.parameters?.[name];
      return parameter && parameter.interpolationType !== 'ENV_VAR'
        ? (values[name] ?? []).join(' ')
        : written;
    });
  return document.mainSteps.map(({ name, inputs }) => ({
    name,
    script: `${(inputs.runCommand ?? []).map(fill).join('\n')}\n`,
    limitMs: Number(fill(inputs.timeoutSeconds ?? String(DEFAULT_STEP_SECONDS))) * 1000,
  }));
}
