/** A place in a text, from 1; columns count UTF-16 units, as editors' scripts do. */
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
  /** Every key once, in the order of the text. */
  readonly members: readonly Member[];
  readonly at: Position;
}

export interface Member {
  readonly key: string;
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
      node.members.map((member) => [member.key, plainValue(member.node, keepsText, [...path, member.key])]),
    );
  return typeof node.value === "number" && keepsText(path) ? node.written : node.value;
}

/** Where the value at a path stands, or its key; where there is none, the nearest that is above it and its key. */
export function positionOf(top: DocumentNode, path: DocumentPath, of: "key" | "value"): Position {
  let node = top;
  let { at } = top;
  for (const [depth, step] of path.entries()) {
    const next = stepInto(node, step);
    if (next === undefined) return at;
    const isLast = depth === path.length - 1;
    at = isLast && of === "value" ? next.node.at : next.keyAt;
    node = next.node;
  }
  return at;
}

function stepInto(node: DocumentNode, step: string | number): Omit<Member, "key"> | undefined {
  if (node.kind === "mapping") return node.members.find(({ key }) => key === step);
  const item = node.kind === "list" && typeof step === "number" ? node.items[step] : undefined;
  return item === undefined ? undefined : { keyAt: item.at, node: item };
}
