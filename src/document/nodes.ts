import type * as Yaml from "yaml";

import type { DocumentFault, DocumentNode, Member, Position } from "./node.ts";

/** What aliases may add to a document, in values: a few lines of them can stand for more than memory holds. */
const MOST_ALIASED = 10_000;

type At = (offset: number) => Position;

/** A fault on its way out of the recursion. */
class Unreadable extends Error {
  readonly at: Position;

  constructor(fault: string, at: Position) {
    super(fault);
    this.at = at;
  }
}

/** The nodes of a composed document with positions, aliases resolved; or what is wrong with it. */
export function nodesOf(contents: Yaml.Node | null, yaml: typeof Yaml, at: At): DocumentNode | DocumentFault {
  try {
    return new Nodes(yaml, at).node(contents);
  } catch (error) {
    if (error instanceof Unreadable) return { fault: error.message, ...error.at };
    throw error;
  }
}

interface Anchored {
  readonly node: DocumentNode;
  /** Values in it, aliases resolved. */
  readonly size: number;
}

/** Walks one document in its order, so that an alias means the last anchor of that name before it (YAML 1.2.2, 7.1). */
class Nodes {
  readonly #yaml: typeof Yaml;
  readonly #at: At;
  /** Undefined: the anchor's own value is being read. */
  readonly #anchors = new Map<string, Anchored | undefined>();
  #size = 0;
  #aliased = 0;

  constructor(yaml: typeof Yaml, at: At) {
    this.#yaml = yaml;
    this.#at = at;
  }

  node(raw: unknown, fallback: Position = { line: 1, column: 1 }): DocumentNode {
    const { isAlias, isCollection, isScalar } = this.#yaml;
    const position = this.#positionOf(raw, fallback);
    if (isAlias(raw)) return this.#resolve(raw.source, position);
    const anchor = isScalar(raw) || isCollection(raw) ? raw.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, undefined);
    const before = this.#size;
    this.#size += 1;
    const node = this.#build(raw, position);
    if (anchor !== undefined) this.#anchors.set(anchor, { node, size: this.#size - before });
    return node;
  }

  #build(raw: unknown, at: Position): DocumentNode {
    const { isMap, isScalar, isSeq } = this.#yaml;
    if (isMap(raw)) return { kind: "mapping", members: this.#members(raw.items, at), at };
    if (isSeq(raw)) return { kind: "list", items: raw.items.map((item) => this.node(item, at)), at };
    const value = isScalar(raw) ? plain(raw.value) : null;
    const isNumber = isScalar(raw) && typeof value === "number";
    return { kind: "scalar", value, written: isNumber ? (raw.source ?? String(value)) : String(value), at };
  }

  #members(pairs: readonly Yaml.Pair[], at: Position): Map<string, Member> {
    const members = new Map<string, Member>();
    for (const { key, value } of pairs) {
      const keyAt = this.#positionOf(key, at);
      const name = this.#keyText(key, keyAt);
      const first = members.get(name);
      if (first !== undefined)
        throw new Unreadable(
          `keys must be unique, and ${name} is there in line ${first.keyAt.line} already`,
          keyAt,
        );
      members.set(name, { keyAt, node: this.node(value, keyAt) });
    }
    return members;
  }

  #keyText(key: unknown, at: Position): string {
    if (!this.#yaml.isScalar(key)) throw new Unreadable("a key must be text", at);
    const name = typeof key.value === "string" ? key.value : (key.source ?? String(key.value));
    // Plain objects cannot have it as others.
    if (name === "__proto__") throw new Unreadable("__proto__ cannot be a key", at);
    if (key.anchor !== undefined)
      this.#anchors.set(key.anchor, {
        node: { kind: "scalar", value: name, written: name, at },
        size: 1,
      });
    return name;
  }

  #resolve(name: string, at: Position): DocumentNode {
    const anchored = this.#anchors.get(name);
    if (anchored === undefined) {
      const why = this.#anchors.has(name) ? "stands inside of what it stands for" : "has no anchor before it";
      throw new Unreadable(`the alias *${name} ${why}`, at);
    }
    this.#size += anchored.size;
    this.#aliased += anchored.size;
    if (this.#aliased > MOST_ALIASED)
      throw new Unreadable(`aliases stand for more than ${MOST_ALIASED.toLocaleString("en")} values`, at);
    return anchored.node;
  }

  #positionOf(raw: unknown, fallback: Position): Position {
    const offset = this.#yaml.isNode(raw) ? raw.range?.[0] : undefined;
    return offset === undefined ? fallback : this.#at(offset);
  }
}

/** The core schema has no others; big integers come as numbers. */
function plain(value: unknown): string | number | boolean | null {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return null;
}
