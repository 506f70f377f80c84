// @ts-check
// Addresses as numbers and as text.

/** @param {string} address */
export function toNumber(address) {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** @param {number} number */
export function toAddress(number) {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
}

/**
 * How many of a range's addresses, evenly spread and yet at no regular distance, so that no order of asking is
 * favoured.
 *
 * @param {string} first
 * @param {{ size: number, count: number }} options
 * @returns {string[]}
 */
export function spread(first, { size, count }) {
  const step = size / count;
  const slack = Math.max(1, Math.floor(step));
  return Array.from({ length: count }, (_, at) =>
    toAddress(toNumber(first) + Math.floor(at * step) + ((at * 7) % slack)),
  );
}
