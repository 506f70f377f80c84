/** What an SRV record says of its place among others (RFC 2782). */
interface SrvRank {
  readonly priority: number;
  readonly weight: number;
}

/**
 * The order in which to try SRV records (RFC 2782, "Usage rules"): priority ascending, and among equal ones a draw
 * in which each has its weight's chance to come next.
 *
 * @param random from 0 up to, not including, 1, as Math.random
 */
export function inSrvOrder<T extends SrvRank>(records: readonly T[], random: () => number): T[] {
  const byPriority = new Map<number, T[]>();
  for (const record of records) {
    const equals = byPriority.get(record.priority);
    if (equals === undefined) byPriority.set(record.priority, [record]);
    else equals.push(record);
  }
  return [...byPriority].toSorted(([a], [b]) => a - b).flatMap(([, equals]) => drawn(equals, random));
}

function drawn<T extends SrvRank>(records: readonly T[], random: () => number): T[] {
  // Those of weight 0 come first in the list, so that a draw of 0 takes one: a very small chance, but one.
  const left = records.toSorted((a, b) => Number(a.weight > 0) - Number(b.weight > 0));
  let sum = left.reduce((sum, { weight }) => sum + weight, 0);
  const order: T[] = [];
  while (left.length > 0) {
    const [next] = left.splice(drawnIndex(left, Math.floor(random() * (sum + 1))), 1);
    if (next === undefined) break;
    sum -= next.weight;
    order.push(next);
  }
  return order;
}

/** The first whose running sum of weights reaches the number. */
function drawnIndex(records: readonly SrvRank[], number: number): number {
  let sum = 0;
  const index = records.findIndex(({ weight }) => (sum += weight) >= number);
  return Math.max(index, 0);
}
