import { createHash } from 'node:crypto';

const TOP_LEVELS = ['com', 'net', 'org', 'co.uk'];
const PER_TOP_LEVEL = 512;

/**
 * Four names in the form of Route 53's name servers, one per top-level domain, from a zone's or a delegation
 * set's id; without the trailing dot. moto gives all zones the same four, which AWS never does.
 */
export function nameServersOf(id: string): string[] {
  const digest = createHash('sha256').update(id).digest();
  return TOP_LEVELS.map((topLevel, index) => {
    const number = digest.readUInt16BE(index * 2) % PER_TOP_LEVEL;
    const block = String(Math.floor(number / 8)).padStart(2, '0');
    return `ns-${index * PER_TOP_LEVEL + number}.awsdns-${block}.${topLevel}`;
  });
}
