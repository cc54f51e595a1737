import type { Answer } from 'dns-packet';
import { parseCharacterStrings } from '../route53/character-strings.ts';
import type { RecordSet } from '../route53/record-set.ts';

/** A record set's records as DNS answers under `name`; aliases and types that nothing here asks for give none. */
export function answersOf({ type, ttl = 60, values }: RecordSet, name: string): Answer[] {
  return values.flatMap((value) => answerOf(type, value, { name, ttl }) ?? []);
}

function answerOf(type: string, value: string, owner: { name: string; ttl: number }): Answer | undefined {
  switch (type) {
    case 'A':
    case 'AAAA':
      return { ...owner, type, data: value };
    case 'CNAME':
    case 'NS':
      return { ...owner, type, data: withoutDot(value) };
    case 'TXT': {
      const strings = parseCharacterStrings(value);
      return typeof strings === 'string' ? undefined : { ...owner, type, data: strings };
    }
    case 'CAA': {
      const [flags = '0', tag = ''] = value.trim().split(/\s+/);
      const [property] = parseCharacterStrings(value.trim().replace(/^\S+\s+\S+\s+/, ''));
      // Any tag may stand in a zone; the type knows three.
      return { ...owner, type, data: { flags: Number(flags), tag: tag as 'issue', value: String(property) } };
    }
    case 'SOA': {
      const [mname = '', rname = '', serial, refresh, retry, expire, minimum] = value.split(/\s+/);
      const times = {
        refresh: Number(refresh),
        retry: Number(retry),
        expire: Number(expire),
        minimum: Number(minimum),
      };
      const data = { mname: withoutDot(mname), rname: withoutDot(rname), serial: Number(serial), ...times };
      return { ...owner, type, data };
    }
    default:
      return undefined;
  }
}

export function withoutDot(name: string): string {
  return name.replace(/\.$/, '');
}
