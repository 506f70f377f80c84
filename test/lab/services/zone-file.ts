/** Zone name to its records beside SOA, NS and `ns A`, one a line: `{ "lab.test": "db A 10.99.0.11" }`. */
export type Zones = Readonly<Record<string, string>>;

/** A zone in RFC 1035's master file format; everything lives for five seconds. */
export function zoneFile(zone: string, address: string, records: string): string {
  return `$ORIGIN ${zone}.
$TTL 5
@ SOA ns root 1 3600 600 86400 5
@ NS ns
ns A ${address}
${records}
`;
}
