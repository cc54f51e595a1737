import { lifeLeft, lifetimeOf } from '../../../foundation/certificate/life.ts';
import { commandOf } from '../../../foundation/common/command.ts';
import { DAY } from '../../../foundation/common/durations.ts';
import { inShort } from '../../../foundation/common/in-short.ts';
import { minuteOf } from '../../../foundation/common/minute-of.ts';
import { type CertificateStatus, type HostStatus, isWell } from '../rules/certificate-status.ts';

import { html, type Markup } from './html.ts';

const HOSTS_SHOWN = 6;
const NAMES_SHOWN = 8;

/** A row of the table. Its cells are not closed, as HTML allows, for the size of a thousand rows. */
export function rowOf(certificate: CertificateStatus, now: Date, stage: string): Markup {
  const { name, health, trouble, next } = certificate;
  const why = trouble || (next ? `${next.action}: ${next.reason}` : '');
  const kind = health === 'ok' ? 'ok' : isWell(certificate) ? 'idle' : 'bad';
  return html`<tr class="${kind}"><th scope="row">${name}${namesOf(certificate)}<td><b>${health}</b><p>${why}${commandOfIt(certificate, stage)}<td>${lifeOfIt(certificate, now)}<td>${issuerOf(certificate)}${lastOf(certificate)}<td>${hostsOf(certificate.hosts)}`;
}

/** A button of the script copies it; without a script a click marks all of it. */
function commandOfIt({ command }: CertificateStatus, stage: string): Markup {
  return command === undefined ? html`` : html`<p class="run"><code>${commandOf(command, stage)}</code>`;
}

function namesOf(certificate: CertificateStatus): Markup {
  const others = otherNames(certificate);
  return others === '' ? html`` : html`<p>${others}`;
}

/** What it is for besides its name; of many, only the first. */
export function otherNames({ name, names }: CertificateStatus): string {
  const others = names.filter((other) => other !== name);
  return inShort(others, NAMES_SHOWN, ' ');
}

function lifeOfIt({ notBefore, due, notAfter, daysLeft }: CertificateStatus, now: Date): Markup {
  if (notBefore === undefined || notAfter === undefined) return html``;
  const { today, due: dueAt } = lifeOf({ notBefore, notAfter, due }, now);
  const isShort = lifetimeOf({ notBefore, notAfter }) < 10 * DAY;
  const show = (at: string) => (isShort ? at.slice(0, 16).replace('T', ' ') : at.slice(0, 10));
  const dueText = due === undefined ? html`` : html`<p>due ${show(due)}`;
  return html`<svg aria-hidden="true"><rect class="d" x="${dueAt}%"/><rect class="n" width="${today}%"/></svg><p>issued ${show(notBefore)}${dueText}<p>expires <b>${show(notAfter)}</b>, ${leftText(daysLeft ?? 0)}`;
}

function leftText(daysLeft: number): string {
  if (daysLeft < 0) return 'over';
  return daysLeft === 0 ? 'today' : `${daysLeft} d left`;
}

function issuerOf({ ca, profile }: CertificateStatus): Markup {
  if (ca === undefined) return html``;
  const host = URL.parse(ca)?.host ?? ca;
  return html`<p>${host}${profile === undefined ? '' : `, ${profile}`}`;
}

/** Hosts that lag, serve nothing or are off come first; of many, only the first are shown. */
function hostsOf(hosts: readonly HostStatus[]): Markup {
  if (hosts.length === 0) return html``;
  const live = hosts.filter(({ isLive }) => isLive);
  const sorted = [...hosts.filter((host) => !isFine(host)), ...hosts.filter(isFine)];
  const shown = sorted.slice(0, HOSTS_SHOWN).map(hostOf);
  const more = sorted.length > HOSTS_SHOWN ? html`<li>and ${sorted.length - HOSTS_SHOWN} more` : html``;
  return html`${live.length} of ${hosts.length} on what is live<ul>${shown}${more}</ul>`;
}

const isFine = ({ isLive, online, isUnserved }: HostStatus) => isLive && online && !isUnserved;

function hostOf(host: HostStatus): Markup {
  const { instanceId, online, outcome, version, isLive, waitsUntil } = host;
  const waits = waitsUntil === undefined ? '' : `, waits until ${minuteOf(waitsUntil)}`;
  const words = `${instanceId} ${outcome}${isLive ? '' : `, on ${version ?? 'none'}`}${waits}${online ? '' : ', offline'}`;
  return isFine(host) ? html`<li>${words}` : html`<li class="x">${words}`;
}

function lastOf({ last }: CertificateStatus): Markup {
  if (!last) return html``;
  const at = last.at.slice(0, 16).replace('T', ' ');
  return last.outcome === 'failed' ? html`<p>failed ${at}: ${last.reason}` : html`<p>renewed ${at}`;
}

/** The life of a certificate as a bar: how much is over, and when it is due, in percent of its length. */
export function lifeOf(
  { due, ...life }: { notBefore: string; due?: string | undefined; notAfter: string },
  now: Date,
) {
  const percent = (at: Date) => Math.round((1 - Math.max(0, lifeLeft(life, at))) * 100);
  return { today: percent(now), due: percent(new Date(due ?? life.notAfter)) };
}
