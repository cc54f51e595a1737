import type { Answer } from 'dns-packet';
import type { PublishedZone, ZoneView } from '../route53/published.ts';
import { isWithin, normalizeName } from '../route53/record-set.ts';
import { answersOf, withoutDot } from './answer.ts';
import { lookUp } from './look-up.ts';
import { type Question, type Reply, reply, soaOf } from './reply.ts';

const MAX_CNAMES = 8;

/**
 * What one name server says: authoritative for the zones whose delegation set it is in, by the closest one;
 * a referral where that zone delegates to others; REFUSED for all else.
 */
export function answerAsServer(
  zones: ZoneView,
  { server, lagMs }: { server: string; lagMs: number },
  question: Question,
): Reply {
  const mine = zones.zones().filter((zone) => zone.nameServers.includes(server));
  const answers: Answer[] = [];
  let { name } = question;
  for (let hops = 0; hops < MAX_CNAMES; hops++) {
    const zone = closestZone(mine, name);
    if (!zone)
      return answers.length > 0 ? reply('NOERROR', { authoritative: true, answers }) : reply('REFUSED');
    const found = lookUp(zone.recordSets(lagMs), zone.name, { name, type: question.type });
    const owner = withoutDot(name);
    switch (found.kind) {
      case 'records':
        answers.push(...found.recordSets.flatMap((set) => answersOf(set, owner)));
        return reply('NOERROR', { authoritative: true, answers });
      case 'cname':
        answers.push(...answersOf(found.recordSet, owner));
        name = normalizeName(found.recordSet.values[0] ?? '');
        break;
      case 'referral':
        return reply('NOERROR', {
          answers,
          authorities: answersOf(found.recordSet, withoutDot(found.recordSet.name)),
        });
      case 'no-data':
        return reply('NOERROR', { authoritative: true, answers, authorities: soaOf(zone) });
      case 'no-name':
        return reply('NXDOMAIN', { authoritative: true, answers, authorities: soaOf(zone) });
    }
  }
  return reply('NOERROR', { authoritative: true, answers });
}

function closestZone(zones: PublishedZone[], name: string): PublishedZone | undefined {
  return zones
    .filter((zone) => isWithin(name, zone.name))
    .sort((a, b) => b.name.length - a.name.length)
    .at(0);
}
