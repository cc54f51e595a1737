import { isRevocationOf } from '../../foundation/certificate/revocation.ts';
import { minuteOf } from '../../foundation/common/minute-of.ts';
import { isOfKind, ownRemedy } from '../../foundation/reasons/reasons.ts';
import { decideRenewal, type RenewalDecision } from '../../issuance/renewal/rules/decide-renewal.ts';
import { isOverdue } from '../../issuance/renewal/rules/due-by-age.ts';
import { lastFailed } from '../../issuance/renewal/rules/state.ts';
import { type HealthFacts, type Judgement, liveOf } from './health.ts';

/** Whether the live certificate is one that a client takes today. */
export function judgeLive(facts: HealthFacts): Judgement | undefined {
  const { name, wanted, pointer, now } = facts;
  if (pointer === undefined) return undefined;
  if (pointer === 'unreadable') {
    const remedy = wanted
      ? 'nothing: the next hourly check makes it anew from archive/'
      : `without renewal/${name}.json nothing makes it anew: remove it, or put the file back`;
    return { health: 'unreadable', seen: `live/${name}.json is no pointer`, remedy };
  }
  const { notBefore, notAfter } = pointer;
  if (Date.parse(notAfter) <= now.getTime()) {
    const why = rejectionOf(facts) || failureOf(facts);
    const seen = `it expired on ${minuteOf(notAfter)}${why === '' ? '' : `: ${why}`}`;
    return { health: 'expired', seen, remedy: `"doctor ${name}" says what is in the way` };
  }
  if (Date.parse(notBefore) <= now.getTime()) return undefined;
  const remedy = 'wait until then, or look at the clock of who put it there';
  return { health: 'waiting', seen: `what is live is valid only from ${minuteOf(notBefore)}`, remedy };
}

/** Whether somebody wants it, in a way that can be carried out. */
export function judgeFile(facts: HealthFacts): Judgement | undefined {
  const { name, wanted } = facts;
  if (wanted) {
    const rejection = rejectionOf(facts);
    return rejection === '' ? undefined : { health: 'rejected', seen: rejection, remedy: '' };
  }
  const live = liveOf(facts);
  const { revocations } = facts;
  const revoked =
    revocations === 'unreadable' ? undefined : revocations.find((one) => isRevocationOf(one, live));
  const health = live?.ca === undefined ? 'unmanaged' : 'retired';
  const seen = `there is no renewal/${name}.json, so it is not renewed any more`;
  if (!revoked) return { health, seen, remedy: 'put the file back, or let it expire' };
  const remedy = 'nothing: no host has it; with the file a new one is issued';
  return { health, seen: `${seen}, and it is revoked (${revoked.reason})`, remedy };
}

/** Whether it is renewed in time. */
export function judgeRenewal(facts: HealthFacts): Judgement | undefined {
  const { name, file, state, pin, now } = facts;
  const failure = failureOf(facts);
  if (failure !== '') return { health: 'failing', seen: failure, remedy: remedyFor(state) };
  const live = liveOf(facts);
  const waits = waitOf(facts);
  // While it is pinned, its differences from the file are intended.
  if (pin && live)
    return waits === ''
      ? undefined
      : { health: 'waiting', seen: waits, remedy: 'nothing: it goes on by itself' };
  if (live && file && 'names' in file && isOverdue({ wanted: file, live, state, now })) {
    const why = waits === '' ? '' : `: ${waits}`;
    const remedy = `"plan ${name}" says why it waits, and doctor what is in the way`;
    return { health: 'overdue', seen: `it is past its time, and no renewal has come through${why}`, remedy };
  }
  if (waits !== '') return { health: 'waiting', seen: waits, remedy: 'nothing: it goes on by itself' };
  if (!live) {
    const remedy = `it takes a minute or so; else "plan ${name}" says what is in the way`;
    return { health: 'never-issued', seen: 'nothing is issued yet', remedy };
  }
  const next = nextStep(facts);
  if (!next || next.action === 'wait' || isOfKind(next.reason, 'for-age')) return undefined;
  const remedy = `the next hourly check has it ${next.action === 'renew' ? 'renewed' : 'put right'}`;
  return { health: 'waiting', seen: `what is live is not what the file wants (${next.reason})`, remedy };
}

/** Whether a person put a version back that stays live for now. */
export function judgePinned({ name, pin, ...facts }: HealthFacts): Judgement | undefined {
  if (!pin || !liveOf(facts)) return undefined;
  const until = minuteOf(pin.until.toISOString());
  const seen = `version ${pin.version} is pinned${pin.isLive ? '' : ', and about to be live again'}; it is not renewed before ${until}`;
  return { health: 'pinned', seen, remedy: `"restore ${name} --release" ends that` };
}

/** What the next scan decides, as far as the bucket shows it; `undefined` without a file that can be used. */
export function nextStep(facts: HealthFacts): RenewalDecision | undefined {
  const { file, state, now } = facts;
  if (!file || 'rejected' in file) return undefined;
  const none = { forced: false, leftOpen: false, caaDrifted: false };
  return decideRenewal({
    wanted: file,
    ...file.stack,
    live: liveOf(facts),
    state,
    ...none,
    pin: facts.pin,
    now,
  });
}

/** Why the file cannot be used, or cannot be carried out; empty if it can. */
export function rejectionOf({ file, state }: Pick<HealthFacts, 'file' | 'state'>): string {
  if (file && 'rejected' in file) return file.rejected;
  const held = state?.held;
  return held?.action === 'reject' ? held.message : '';
}

export function waitOf({ state }: Pick<HealthFacts, 'state'>): string {
  const held = state?.held;
  if (held?.action !== 'wait') return '';
  const until = held.until === undefined ? '' : ` until ${minuteOf(held.until)}`;
  return `${held.reason}${until}${held.message === '' ? '' : `: ${held.message}`}`;
}

function remedyFor(state: HealthFacts['state']): string {
  const { reason = 'unknown' } = lastFailed(state)?.lastFailure ?? {};
  return ownRemedy(reason);
}

/** What failed last, and when it is tried again; empty if nothing did. */
export function failureOf({ state }: Pick<HealthFacts, 'state'>): string {
  const failed = lastFailed(state);
  if (!failed) return '';
  const { reason, message } = failed.lastFailure ?? { reason: 'unknown', message: '' };
  const next = failed.notBefore === undefined ? '' : `; next try after ${minuteOf(failed.notBefore)}`;
  return `${reason} (${failed.failures} in a row): ${message}${next}`;
}
