import type { Name } from "./message.ts";

/**
 * The name with the case of each ASCII letter drawn by lot: a reply that echoes it must have seen the question
 * (draft-vixie-dnsext-dns0x20). `random` is uniform in [0, 1).
 */
export function mixCase(name: Name, random: () => number): Name {
  return name.map((label) => label.replaceAll(/[A-Za-z]/g, (letter) => drawCase(letter, random)));
}

function drawCase(letter: string, random: () => number): string {
  return random() < 0.5 ? letter.toLowerCase() : letter.toUpperCase();
}

/** Whether two names are the same to the letter and its case. */
export function exactlySame(a: Name, b: Name): boolean {
  return a.length === b.length && a.every((label, at) => label === b[at]);
}
