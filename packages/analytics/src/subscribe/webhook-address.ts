import { lookup } from 'node:dns';
import { lookup as lookupNow } from 'node:dns/promises';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';
import { SubscriptionError } from './subscription-error.ts';

type Subnet = readonly [network: string, prefix: number];

/** Of products' own networks: loopback, private use, shared address space, unique local. */
const PRIVATE_V4: readonly Subnet[] = [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
];
const PRIVATE_V6: readonly Subnet[] = [['fc00::', 7]];

/** Never a receiver: unspecified, link-local (metadata services of clouds), multicast, documentation, reserved. */
const UNUSABLE_V4: readonly Subnet[] = [
  ['0.0.0.0', 8],
  // What clouds tell their machines, beside the link-local one: Alibaba, Azure.
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/** The same, and what carries an IPv4 address inside that would have to be judged. */
const UNUSABLE_V6: readonly Subnet[] = [
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  // Amazon's metadata.
  ['fd00:ec2::254', 128],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];
/** Prefixes under which IPv6 addresses stand for IPv4 ones: compatible and translated ones, and NAT64 (RFC 6052). */
const EMBEDDING = ['::', '::ffff:0:', '64:ff9b::'];
const EMBEDDED_AT = 96;

function listOf(v4: readonly Subnet[], v6: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of v4) {
    // IPv4-mapped addresses (::ffff:0:0/96) are recognised by the list itself.
    list.addSubnet(network, prefix, 'ipv4');
    for (const start of EMBEDDING) list.addSubnet(`${start}${network}`, EMBEDDED_AT + prefix, 'ipv6');
  }
  for (const [network, prefix] of v6) list.addSubnet(network, prefix, 'ipv6');
  return list;
}

const LOOPBACK = listOf([], [['::1', 128]]);
const PRIVATE = listOf(PRIVATE_V4, PRIVATE_V6);
const UNUSABLE = listOf(UNUSABLE_V4, UNUSABLE_V6);

export interface AddressRules {
  /** Allows loopback and private networks, for products that deliver to their own services. */
  readonly allowPrivateNetworks: boolean;
}

/** Whether nothing is ever sent to this IP address. */
export function isRefusedAddress(address: string, { allowPrivateNetworks }: AddressRules): boolean {
  // With a zone it is of one link only.
  if (isIP(address) === 0 || address.includes('%')) return true;
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  // ::1 lies in the range of the compatible addresses, as 0.0.0.1.
  if (LOOPBACK.check(address, family)) return !allowPrivateNetworks;
  // First: what clouds tell their machines lies in private networks, too.
  if (UNUSABLE.check(address, family)) return true;
  return PRIVATE.check(address, family) && !allowPrivateNetworks;
}

const refusal = (host: string) =>
  new SubscriptionError(
    'url_refused',
    `${host} is an address, or resolves to one, that webhooks are not sent to: link-local ones never, private ones only ` +
      'with TRACKING_WEBHOOKS_PRIVATE_NETWORKS.',
  );

/** Host of a URL as a name or an address: URL keeps brackets around IPv6. */
const hostOf = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, '');

/**
 * Resolves like `dns.lookup`, but fails where one of the addresses is refused. The connection goes to what was checked:
 * a name that answers differently the next time gains nothing.
 */
export function checkedLookup(rules: AddressRules): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !first) return callback(error ?? new Error(`${hostname} has no address.`), '', 0);
      if (addresses.some(({ address }) => isRefusedAddress(address, rules))) return callback(refusal(hostname), '', 0);
      if (options.all) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };
}

/** The part of the check that needs no network; an address in the URL is never looked up. @throws SubscriptionError */
export function checkUrl(text: string, rules: AddressRules): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new SubscriptionError('url_refused', 'The URL of a webhook starts with http:// or https://.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new SubscriptionError(
      'url_refused',
      'The URL of a webhook holds no credentials; check the signature instead.',
    );
  }
  const host = hostOf(url);
  if (isIP(host) !== 0 && isRefusedAddress(host, rules)) throw refusal(host);
  return url;
}

/** Before a webhook is registered. It is checked again at each delivery. @throws SubscriptionError */
export async function checkResolvedUrl(text: string, rules: AddressRules): Promise<URL> {
  const url = checkUrl(text, rules);
  const host = hostOf(url);
  if (isIP(host) !== 0) return url;
  const addresses = await lookupNow(host, { all: true }).catch((cause: unknown) => {
    throw new SubscriptionError('url_refused', `${host} cannot be resolved.`, { cause });
  });
  if (addresses.some(({ address }) => isRefusedAddress(address, rules))) throw refusal(host);
  return url;
}
