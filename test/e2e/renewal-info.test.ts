import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedLine } from './deployed-line.ts';

const NAME = 'example.com';
let line: DeployedLine;

beforeAll(async () => {
  line = await DeployedLine.start({ zones: [NAME] });
  await line.putAndWait(NAME, { names: [NAME], profile: 'classic' });
});

afterAll(() => line?.stop());

const hourlyCheck = async () => {
  await line.cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
  await line.idle();
};
const state = async () => JSON.parse((await line.text(`state/${NAME}.json`)) ?? 'null');
const windowOf = (start: string, end: string) => JSON.stringify({ suggestedWindow: { start, end } });
const setAnswer = async (answer: string) =>
  line.cloud.parts.pebble.setRenewalInfo((await line.text(`live/${NAME}/cert.pem`)) ?? '', answer);
/** As if the CA's Retry-After were over, which is kept in the index. */
const mayAskAgain = () => line.remove('index.json');

describe("the CA's renewal information", () => {
  it('is asked for at the hourly check, and the instant in it is kept', async () => {
    await hourlyCheck();
    const pointer = await line.pointer(NAME);
    const { suggested } = await state();
    expect(suggested.certId).toBe(pointer?.certId);
    expect(Date.parse(suggested.at)).toBeLessThan(Date.parse(pointer?.notAfter ?? ''));
    await mayAskAgain();
    await hourlyCheck();
    expect((await state()).suggested.at).toBe(suggested.at);
  });

  it('is not asked for again before the CA wants it', async () => {
    const asked = () => line.cloud.caRequests(/^GET .*\/renewalInfo/);
    const before = await asked();
    expect(before).toBe(2);
    await hourlyCheck();
    expect(await asked()).toBe(before);
  });

  it('of no use keeps nobody from anything', async () => {
    await mayAskAgain();
    await setAnswer('{"suggestedWindow":');
    const before = (await state()).suggested.at;
    const pointer = await line.pointer(NAME);
    await hourlyCheck();
    expect((await state()).suggested.at).toBe(before);
    expect(await line.pointer(NAME)).toEqual(pointer);
  });

  it('that lies in the past has the certificate replaced at once, and the CA told what it replaces', async () => {
    const before = await line.pointer(NAME);
    await mayAskAgain();
    await setAnswer(windowOf('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'));
    await hourlyCheck();
    const after = await line.pointer(NAME);
    expect(line.outcomes(NAME).at(-1)).toMatchObject({ outcome: 'renewed', reason: 'suggested-window' });
    expect(after?.version).not.toBe(before?.version);
    expect(await state()).toBeNull();
  });
});
