import { BlockList, isIPv4 } from 'node:net';

/** From the IANA special-purpose registry (RFC 6890): not reachable from everywhere, or no address of a host. */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];

const notPublic = new BlockList();
for (const subnet of NOT_PUBLIC_V4) {
  const [net = '', prefix] = subnet.split('/');
  notPublic.addSubnet(net, Number(prefix));
}

/** Whether it is an IPv4 address of the public Internet. IPv6 is never probed, so it does not count. */
export function isPublicAddress(address: string): boolean {
  return isIPv4(address) && !notPublic.check(address);
}
