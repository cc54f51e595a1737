import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from '../../delivery/probe/rules/public-address.ts';

const LOOPBACK = /^127\./;

/**
 * For the cloud on this machine, whose CA is on it too: only the stage `local` gets this variable, and resources/params.cjs
 * refuses it for any other.
 */
const isLocal = () => process.env.CA_AT_LOOPBACK === 'true';

/**
 * Whether requests for a CA may go to this address. A renewal file, or a CA, may name any; a function reaches places that
 * nobody else does, such as its own runtime and a VPC.
 */
function mayReach(address: string): boolean {
  return isPublicAddress(address) || (isLocal() && LOOPBACK.test(address));
}

/** Why nothing is sent there, if so. */
export function complaintAboutTarget(url: string): string | undefined {
  if (!URL.canParse(url)) return 'is no address';
  const { protocol, username, password, hostname } = new URL(url);
  if (protocol !== 'https:') return 'is no https address';
  if (username !== '' || password !== '') return 'has a user in it';
  const isAddress = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
  return isAddress && !mayReach(hostname) ? 'is no public IPv4 address' : undefined;
}

/** Looks a name up once; who connects gets the addresses that were judged, so a name cannot change in between. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, family: 4, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, '', 4);
    const fit = addresses.filter(({ address }) => mayReach(address));
    const [first] = fit;
    if (!first) return callback(new Error(`${hostname} has no public IPv4 address`), '', 4);
    return options.all ? callback(null, fit) : callback(null, first.address, 4);
  });
};
