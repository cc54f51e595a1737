import { XMLBuilder, XMLParser } from 'fast-xml-parser';

/** Elements that are lists even when there is one of them. */
const LISTS = new Set(['Change', 'ResourceRecord', 'HostedZone', 'NameServer', 'ResourceRecordSet']);
/** …but these names are a single element where their parent is not the list. */
const LIST_PARENTS = new Set([
  'Changes',
  'ResourceRecords',
  'HostedZones',
  'NameServers',
  'ResourceRecordSets',
]);

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  htmlEntities: true,
  // Route 53's values hold nothing but the five entities of XML and numeric ones, and there may be thousands.
  processEntities: {
    enabled: true,
    maxTotalExpansions: Number.POSITIVE_INFINITY,
    maxExpandedLength: Number.POSITIVE_INFINITY,
  },
  isArray: (name, path) => LISTS.has(name) && LIST_PARENTS.has(String(path).split('.').at(-2) ?? ''),
});

const builder = new XMLBuilder({ suppressEmptyNode: false });

/** An element as an object of its children; text as strings, without entities. Throws Error on what is not XML. */
export function parseXml(text: string): Record<string, unknown> {
  return parser.parse(text, true) as Record<string, unknown>;
}

/** Undefined children are left out. */
export function buildXml(root: string, content: Record<string, unknown>): string {
  const body = builder.build({ [root]: content }).replace(`<${root}>`, `<${root} xmlns="${NAMESPACE}">`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${body}`;
}

const NAMESPACE = 'https://route53.amazonaws.com/doc/2013-04-01/';
