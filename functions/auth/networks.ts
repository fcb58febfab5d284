import { isIPv4, isIPv6 } from 'node:net';

/** The eight groups of an IPv6 address, without leading zeros; undefined for anything else. */
function groupsOf(ip: string): readonly string[] | undefined {
  if (!isIPv6(ip)) return undefined;
  const [address = ''] = ip.split('%');
  const [head = '', tail] = address.split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = tail === undefined ? left : [...left, ...zeros, ...right];
  return groups.map((group) => Number.parseInt(group, 16).toString(16));
}

/** An IPv4 address that travels inside an IPv6 one (`::ffff:192.0.2.1`), or the text as it is. */
function unmapped(ip: string): string {
  const inner = ip.slice(ip.lastIndexOf(':') + 1);
  return isIPv6(ip) && isIPv4(inner) ? inner : ip;
}

/** What counts as one customer: an IPv4 address, or the /64 that one IPv6 customer usually has to themselves. */
export function networkOf(ip: string): string {
  const groups = groupsOf(unmapped(ip));
  return groups ? `${groups.slice(0, 4).join(':')}::` : unmapped(ip);
}

/** The /24 of an IPv4 address or the /48 of an IPv6 one: enough to tell a town, not enough to tell a person. */
export function truncatedNetworkOf(ip: string): string {
  const address = unmapped(ip);
  if (isIPv4(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  const groups = groupsOf(address);
  return groups ? `${groups.slice(0, 3).join(':')}::/48` : 'unknown';
}
