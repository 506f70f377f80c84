import { DiscoverError } from "../model/errors.ts";

/** One word of input and where it stood: `argument 2`, `targets.txt line 7`, `DISCOVERY_NETWORK_RANGES`. */
export interface Token {
  readonly text: string;
  readonly where: string;
}

/** Says why a token cannot be: throws `bad-target`, `TEXT (WHERE): why`, in one line. */
export type Refuse = (why: string) => never;

export function refuserOf({ text, where }: Token): Refuse {
  return (why) => {
    throw new DiscoverError(
      "bad-target",
      `${shown(text)} (${printable(where, 200)}): ${printable(why, 200)}`,
    );
  };
}

/**
 * The words of a text, which blanks and commas separate. A comma inside an octet list separates nothing:
 * `192.168.1,3.*` is one word, `10.0.0.1,10.0.0.2` is two.
 */
export function splitTokens(text: string, where: string): Token[] {
  return text
    .split(/\s+/)
    .flatMap((word) => joinOctetLists(word.split(",")))
    .filter((word) => word !== "")
    .map((word) => ({ text: word, where }));
}

/** Input fit to be printed: no control or invisible character, no credentials, not without end. */
export function shown(text: string): string {
  return printable(withoutCredentials(text), 100);
}

function withoutCredentials(text: string): string {
  const at = text.lastIndexOf("@");
  const scheme = /^[^/@:]*:\/\//.exec(text)?.[0] ?? "";
  // A user's name alone is no secret, but before a URL's host it may be a token.
  const secret = text.slice(0, Math.max(at, 0)).includes(":");
  return secret ? `${scheme}…${text.slice(at)}` : text;
}

function printable(text: string, most: number): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
  return cut.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped);
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function joinOctetLists(pieces: readonly string[]): string[] {
  const words: string[] = [];
  for (const piece of pieces) {
    const before = words.at(-1);
    // Together they are still at most one address: the comma stood inside an octet.
    const joins =
      before !== undefined && isOctets(before) && isOctets(piece) && dots(before) + dots(piece) <= 3;
    if (joins) words[words.length - 1] = `${before},${piece}`;
    else words.push(piece);
  }
  return words;
}

function isOctets(piece: string): boolean {
  return /^[\d*-]+(?:[.,][\d*-]+)*$/.test(piece);
}

function dots(piece: string): number {
  return piece.split(".").length - 1;
}
