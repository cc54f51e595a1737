import { parseArgs } from 'node:util';
import type { Diagnosis } from '../lib/core/doctor/finding.ts';
import { invokeDoctor, NoAnswerError } from './doctor/invoke.ts';
import { reportOf } from './doctor/report.ts';

const USAGE = `npm run doctor -- [NAME...] [--stage STAGE] [--json]

Looks for what would stop a renewal or a deployment, and changes nothing. NAMEs are those of renewal files; all without any.
The stage is PERENNIAL_STAGE or production, the region AWS_REGION or us-east-1, as for serverless deploy.
Exit status: 0 nothing is failing, 1 something is, 2 doctor could not be asked.`;

function read() {
  return parseArgs({
    allowPositionals: true,
    options: {
      stage: { type: 'string', default: process.env.PERENNIAL_STAGE ?? 'production' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}

async function main(): Promise<number> {
  const { values, positionals } = read();
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const names = positionals.length > 0 ? positionals : '*';
  const diagnosis: Diagnosis = await invokeDoctor({ stage: values.stage, names });
  console.log(values.json ? JSON.stringify(diagnosis, null, 2) : reportOf(diagnosis));
  return diagnosis.counts.failing > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage =
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (isUsage) console.error(`${error.message}\n\n${USAGE}`);
  else console.error(error instanceof NoAnswerError ? `doctor: ${error.message}` : error);
  process.exitCode = 2;
}
