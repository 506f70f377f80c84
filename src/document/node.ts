/** A place in a text, from 1; columns count UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Why a document cannot be read, and where. */
export interface DocumentFault extends Position {
  readonly fault: string;
}

/** What was written at one place of a document. Where an alias stands, it is what the alias stands for. */
export type DocumentNode = ScalarNode | ListNode | MappingNode;

export interface ScalarNode {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  /** Numbers as they were written: `022` where the value is 22. */
  readonly written: string;
  readonly at: Position;
}

export interface ListNode {
  readonly kind: "list";
  readonly items: readonly DocumentNode[];
  readonly at: Position;
}

export interface MappingNode {
  readonly kind: "mapping";
  /** By key, in the order of the text. */
  readonly members: ReadonlyMap<string, Member>;
  readonly at: Position;
}

export interface Member {
  readonly keyAt: Position;
  readonly node: DocumentNode;
}

/** The way from the top of a document to a place in it. */
export type DocumentPath = readonly (string | number)[];

/** The value as plain data; a number is its text where `keepsText` says so of its path. */
export function plainValue(
  node: DocumentNode,
  keepsText: (path: DocumentPath) => boolean = () => false,
  path: DocumentPath = [],
): unknown {
  if (node.kind === "list") return node.items.map((item, at) => plainValue(item, keepsText, [...path, at]));
  if (node.kind === "mapping")
    return Object.fromEntries(
      Array.from(node.members, ([key, member]) => [key, plainValue(member.node, keepsText, [...path, key])]),
    );
  return typeof node.value === "number" && keepsText(path) ? node.written : node.value;
}

/** As much of a path as leads somewhere. */
export interface Reached {
  readonly path: DocumentPath;
  /** Where its last key stands; an item of a list has none, and stands there itself. */
  readonly keyAt: Position;
  readonly node: DocumentNode;
}

/** Goes down a path as far as there is something. */
export function reach(top: DocumentNode, path: DocumentPath): Reached {
  let reached: Reached = { path: [], keyAt: top.at, node: top };
  for (const step of path) {
    const next = stepInto(reached.node, step);
    if (next === undefined) return reached;
    reached = { path: [...reached.path, step], ...next };
  }
  return reached;
}

function stepInto(node: DocumentNode, step: string | number): Omit<Reached, "path"> | undefined {
  if (node.kind === "mapping") return node.members.get(String(step));
  const item = node.kind === "list" && typeof step === "number" ? node.items[step] : undefined;
  return item === undefined ? undefined : { keyAt: item.at, node: item };
}
