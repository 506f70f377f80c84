/** One member of the mapping at the top of a document. */
export interface Member {
  readonly key: string;
  readonly value: unknown;
  /** The same as text, or each item of a list; numbers as they were written: `022` where the value is 22. */
  readonly written: readonly string[];
  /** Where its key stands, from 1. */
  readonly line: number;
}

/** Why a document cannot be read, and where, from 1. */
export interface DocumentFault {
  readonly fault: string;
  readonly line: number;
  readonly column: number;
}

/** The members of a YAML 1.2 or JSON document whose top is a mapping, or is empty; or what is wrong with it. */
export async function readMembers(text: string): Promise<readonly Member[] | DocumentFault> {
  const { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "silent" });
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const [error] = document.errors;
  if (error !== undefined) return { fault: error.message, ...at(error.pos[0]) };
  const top = document.contents;
  if (top === null || (isScalar(top) && top.value === null)) return [];
  if (!isMap(top)) return { fault: "not a mapping of settings to values", ...at(top.range?.[0] ?? 0) };
  const values: unknown = document.toJS({ maxAliasCount: 100 });
  const byKey = new Map(Object.entries(values ?? {}));
  const target = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  const textOf = (item: unknown, value: unknown): string => {
    const node = target(item);
    return typeof value === "number" && isScalar(node) ? (node.source ?? String(value)) : String(value);
  };
  return top.items.map((pair) => {
    const { key } = pair;
    const name = String(isScalar(key) ? key.value : key);
    const offset = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
    const value = byKey.get(name);
    const node = target(pair.value);
    const written =
      isSeq(node) && Array.isArray(value)
        ? node.items.map((item, at) => textOf(item, value[at]))
        : [textOf(node, value)];
    return { key: name, value, written, line: at(offset).line };
  });
}
