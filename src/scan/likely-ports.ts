/**
 * Ports at which a host that lets little through is most likely to answer, the likeliest first: what web servers, log-ins,
 * Windows and name servers listen on (the top of nmap-services, and what its host discovery asks).
 */
const LIKELY: readonly number[] = [443, 80, 22, 445, 3389, 53, 8080, 5432, 6379, 3306];

/** The same ports, those first whose answer most likely says that a host is there. */
export function likelyFirst(ports: readonly number[]): number[] {
  const known = new Set(ports);
  const first = LIKELY.filter((port) => known.has(port));
  const rest = new Set(first);
  return [...first, ...ports.filter((port) => !rest.has(port))];
}
