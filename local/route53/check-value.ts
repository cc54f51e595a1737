import { isIPv4, isIPv6 } from 'node:net';
import { parseCharacterStrings } from './character-strings.ts';

/**
 * What is wrong with one value of a record, in Route 53's words, or undefined. Types that the project never
 * writes (SRV, MX, NAPTR…) are taken as they are.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html
 */
export function checkValue(type: string, value: string): string | undefined {
  switch (type) {
    case 'A':
      return isIPv4(value)
        ? undefined
        : fatal('ARRDATAIllegalIPv4Address', 'Value is not a valid IPv4 address', value);
    case 'AAAA':
      return isIPv6(value)
        ? undefined
        : fatal('AAAARRDATAIllegalIPv6Address', 'Value is not a valid IPv6 address', value);
    case 'CAA':
      return checkCaa(value);
    case 'TXT':
    case 'SPF':
      return checkStrings(value);
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return checkDomainName(value);
    default:
      return undefined;
  }
}

function checkStrings(value: string): string | undefined {
  switch (parseCharacterStrings(value)) {
    case 'InvalidCharacterString':
      return fatal('InvalidCharacterString', 'Value should be enclosed in quotation marks', value);
    case 'CharacterStringTooLong':
      return fatal('CharacterStringTooLong', 'Value is too long', value);
    default:
      return undefined;
  }
}

function checkCaa(value: string): string | undefined {
  const [flags = '', tag = '', ...rest] = value.trim().split(/\s+/);
  if (rest.length === 0) return fatal('CAARRDATANotThreeFields', "CAA record doesn't have 3 fields", value);
  if (!/^\d{1,3}$/.test(flags) || Number(flags) > 255) {
    return fatal('CAARRDATAIllegalFlags', 'CAA flags must be between 0 and 255', value);
  }
  if (!/^[A-Za-z0-9]{1,15}$/.test(tag))
    return fatal('CAARRDATAIllegalTag', 'CAA tag must be alphanumeric', value);
  const quoted = value.trim().replace(/^\S+\s+\S+\s+/, '');
  const strings = parseCharacterStrings(quoted);
  if (typeof strings === 'string' || strings.length !== 1)
    return checkStrings(quoted) ?? checkStrings('') ?? '';
  return undefined;
}

function checkDomainName(value: string): string | undefined {
  const labels = value.replace(/\.$/, '').split('.');
  const right = value.length <= 255 && labels.every((label) => /^(?:[\w*-]|\\[0-7]{3}){1,63}$/.test(label));
  return right ? undefined : fatal('DomainNameInvalid', 'Value is not a valid domain name', value);
}

function fatal(problem: string, explanation: string, value: string): string {
  return `Invalid Resource Record: FATAL problem: ${problem} (${explanation}) encountered with '${value}'`;
}
