import { checkValue } from './check-value.ts';
import { isWithin, type RecordSet } from './record-set.ts';

const MAX_TTL_S = 2_147_483_647;
const MAX_VALUES = 400;

/** What is wrong with a record set by itself, whatever else the zone holds; in Route 53's words where they are known. */
export function checkRecordSet(recordSet: RecordSet, zoneName: string): string[] {
  const { name, type, ttl, values } = recordSet;
  const errors = values.flatMap((value) => checkValue(type, value) ?? []);
  const duplicate = values.find((value, index) => values.indexOf(value) < index);
  if (duplicate !== undefined) errors.push(`Duplicate Resource Record: '${duplicate}'`);
  if (!isWithin(name, zoneName))
    errors.push(`RRSet with DNS name ${name} is not permitted in zone ${zoneName}`);
  if (values.length > MAX_VALUES) errors.push(`Cannot have more than ${MAX_VALUES} records in a RRSet.`);
  if (name.length > 256 || /(^|\.)\.|[^.]{64}/.test(name.replace(/\\\d{3}/g, '*'))) {
    errors.push(
      `FATAL problem: DomainLabelTooLong or empty (Domain label is not valid) encountered with '${name}'`,
    );
  }
  if (ttl !== undefined && !(ttl >= 0 && ttl <= MAX_TTL_S))
    errors.push(`Invalid TTL ${ttl} for ${type} ${name}`);
  if (type === 'CNAME' && name === zoneName) {
    errors.push(`RRSet of type CNAME with DNS name ${name} is not permitted at apex in zone ${zoneName}`);
  }
  if (type === 'CNAME' && values.length > 1) {
    errors.push(`FATAL problem: CNAMERRSetMultipleValues (A CNAME has one value) encountered with '${name}'`);
  }
  return errors;
}
