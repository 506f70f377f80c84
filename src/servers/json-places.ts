/** A JSON text, read, and where its parts stand: by path (`remote_servers[1].port`), from 0; the top is empty. */
export interface JsonPlaces {
  readonly value: unknown;
  readonly offsets: ReadonlyMap<string, number>;
}

export interface JsonFault {
  readonly fault: string;
  readonly offset: number;
}

/** Deeper than any file of ours, and no strain on the stack. */
const MOST_LEVELS = 50;

/** One token of RFC 8259, sections 2, 6 and 7: text, another plain value, or a sign. */
const TOKEN =
  /("(?:[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w))|([{}[\],:])/y;

const BLANKS = /[ \t\r\n]*/y;

/** The place of a member or an item within another. */
export function pathOf(above: string, key: string | number): string {
  if (typeof key === "number") return `${above}[${key}]`;
  return above === "" ? key : `${above}.${key}`;
}

/** Reads JSON. A key that is there twice is a fault: whoever reads it cannot see which of them counts. */
export function readJson(text: string): JsonPlaces | JsonFault {
  const offsets = new Map<string, number>();
  try {
    readAll(tokensOf(text), offsets);
  } catch (error) {
    if (error instanceof Misplaced) return { fault: error.message, offset: error.offset };
    throw error;
  }
  return { value: JSON.parse(text), offsets };
}

/** `line 3, column 5`, both from 1. */
export function placeText(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
}

class Misplaced extends Error {
  readonly offset: number;

  constructor(fault: string, offset: number) {
    super(fault);
    this.offset = offset;
  }
}

interface Token {
  readonly kind: "text" | "plain" | "sign" | "end";
  readonly text: string;
  readonly offset: number;
}

interface Tokens {
  peek(): Token;
  next(): Token;
}

function tokensOf(text: string): Tokens {
  let at = 0;
  const read = (): Token => {
    BLANKS.lastIndex = at;
    at += BLANKS.exec(text)?.[0].length ?? 0;
    const offset = at;
    TOKEN.lastIndex = offset;
    const [found = "", word, plain] = TOKEN.exec(text) ?? [];
    at += found.length;
    if (found !== "")
      return {
        kind: word !== undefined ? "text" : plain !== undefined ? "plain" : "sign",
        text: found,
        offset,
      };
    if (offset === text.length) return { kind: "end", text: "", offset };
    const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
    const why = character === '"' ? "a text that does not end, or has an unknown escape" : "no JSON";
    throw new Misplaced(`${JSON.stringify(character)}: ${why}`, offset);
  };
  let ahead: Token | undefined;
  const take = (): Token => {
    const token = ahead ?? read();
    ahead = undefined;
    return token;
  };
  return { next: take, peek: () => (ahead ??= read()) };
}

function readAll(tokens: Tokens, offsets: Map<string, number>): void {
  offsets.set("", tokens.peek().offset);
  readValue(tokens, "", offsets, 0);
  expect(tokens, "");
}

function readValue(tokens: Tokens, path: string, offsets: Map<string, number>, level: number): void {
  const token = tokens.next();
  if (level > MOST_LEVELS) throw new Misplaced("nested too deeply", token.offset);
  if (token.text === "{") readMembers(tokens, path, offsets, level + 1);
  else if (token.text === "[") readItems(tokens, path, offsets, level + 1);
  else if (token.kind !== "text" && token.kind !== "plain") throw unexpected(token, "a value");
}

function readMembers(tokens: Tokens, path: string, offsets: Map<string, number>, level: number): void {
  if (tokens.peek().text === "}") return void tokens.next();
  const keys = new Set<string>();
  do {
    const token = tokens.next();
    if (token.kind !== "text") throw unexpected(token, "a key in double quotes");
    const key = String(JSON.parse(token.text));
    const member = pathOf(path, key);
    if (keys.has(key)) throw new Misplaced(`${member}: is given twice`, token.offset);
    keys.add(key);
    // A key with a dot in it may look like another's path: the first keeps it.
    if (!offsets.has(member)) offsets.set(member, token.offset);
    expect(tokens, ":");
    readValue(tokens, member, offsets, level);
  } while (goesOn(tokens, "}"));
}

function readItems(tokens: Tokens, path: string, offsets: Map<string, number>, level: number): void {
  if (tokens.peek().text === "]") return void tokens.next();
  let at = 0;
  do {
    const item = pathOf(path, at++);
    offsets.set(item, tokens.peek().offset);
    readValue(tokens, item, offsets, level);
  } while (goesOn(tokens, "]"));
}

function goesOn(tokens: Tokens, end: string): boolean {
  const token = tokens.next();
  if (token.text === "," && token.kind === "sign") return true;
  if (token.text === end) return false;
  throw unexpected(token, `',' or '${end}'`);
}

function expect(tokens: Tokens, text: string): void {
  const token = tokens.next();
  if (token.text !== text) throw unexpected(token, text === "" ? "nothing more" : `'${text}'`);
}

function unexpected({ kind, text, offset }: Token, wanted: string): Misplaced {
  const found = kind === "end" ? "the end" : text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return new Misplaced(`expected ${wanted}, found ${found}`, offset);
}
