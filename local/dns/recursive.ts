import type { Answer } from 'dns-packet';
import type { PublishedZone } from '../route53/published.ts';
import { normalizeName } from '../route53/record-set.ts';
import { answersOf, withoutDot } from './answer.ts';
import { lookUp, type ZoneAnswer } from './look-up.ts';
import type { Registry } from './registry.ts';
import { type Question, type Reply, reply, soaOf } from './reply.ts';

const MAX_CNAMES = 8;

/** What a resolver without cache says, that starts at the registry and follows delegations and CNAMEs across zones. */
export function answerAsResolver(registry: Registry, question: Question): Reply {
  const answers: Answer[] = [];
  let { name } = question;
  for (let hops = 0; hops <= MAX_CNAMES; hops++) {
    const outcome = resolve(registry, { name, type: question.type });
    if (outcome === 'not-registered') return reply('NXDOMAIN', { answers });
    if (outcome === 'lame') return reply('SERVFAIL', { answers });
    const { found, zone } = outcome;
    switch (found.kind) {
      case 'records':
        answers.push(...found.recordSets.flatMap((set) => answersOf(set, withoutDot(name))));
        return reply('NOERROR', { answers });
      case 'cname':
        answers.push(...answersOf(found.recordSet, withoutDot(name)));
        name = normalizeName(found.recordSet.values[0] ?? '');
        break;
      case 'no-data':
        return reply('NOERROR', { answers, authorities: soaOf(zone) });
      case 'no-name':
        return reply('NXDOMAIN', { answers, authorities: soaOf(zone) });
    }
  }
  return reply('SERVFAIL', { answers });
}

type Outcome = { found: Exclude<ZoneAnswer, { kind: 'referral' }>; zone: PublishedZone };

function resolve(registry: Registry, question: Question): Outcome | 'not-registered' | 'lame' {
  let delegation = registry.find(question.name);
  if (!delegation) return 'not-registered';
  for (;;) {
    const zone = registry.zoneAt(delegation.name, delegation.nameServers);
    if (!zone) return 'lame';
    const found = lookUp(zone.recordSets(), zone.name, question);
    if (found.kind !== 'referral') return { found, zone };
    delegation = { name: found.recordSet.name, nameServers: found.recordSet.values.map(normalizeName) };
  }
}
