import type * as Yaml from "yaml";

import type { DocumentFault, DocumentNode } from "./node.ts";
import { nodesOf } from "./nodes.ts";

/** In characters. Whoever writes more than a mebibyte by hand means something else. */
const LARGEST = 1024 * 1024;
/**
 * As deep as documents may be nested. What composes them calls itself for each level, and where the stack is nearly full
 * Node may end the process, not throw.
 */
const DEEPEST = 100;

/**
 * Reads a YAML 1.2 or JSON document; an empty one is null. Tags of the text's own, keys that are twice there, a second
 * document and aliases without measure are faults. Never throws, whatever the text.
 */
export async function readDocument(text: string): Promise<DocumentNode | DocumentFault> {
  if (text.length > LARGEST) return { fault: "longer than 1 MiB", line: 1, column: 1 };
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  lines.addNewLine(0);
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const tokens = tokensOf(text, yaml, lines);
  if (!Array.isArray(tokens)) return { fault: `nested more than ${DEEPEST} deep`, ...at(tokens.deepAt) };
  const composer = new yaml.Composer({
    // Whatever a %YAML directive says.
    schema: "core",
    merge: false,
    resolveKnownTags: false,
    // It compares every key with every other one; `nodesOf` looks them up.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
  });
  const [document, second] = composer.compose(tokens, true, text.length);
  // A tag of somebody's own says that the text does not mean what it seems to.
  const tag = document?.warnings.find(({ code }) => code === "TAG_RESOLVE_FAILED");
  const wrong = document?.errors[0] ?? tag;
  if (wrong !== undefined) return { fault: firstLine(wrong.message), ...at(wrong.pos[0]) };
  if (second !== undefined) return { fault: "a second document; a file has one", ...at(second.range[0]) };
  return nodesOf(document?.contents ?? null, yaml, at);
}

function tokensOf(
  text: string,
  { Lexer, Parser }: typeof Yaml,
  lines: Yaml.LineCounter,
): Yaml.CST.Token[] | { readonly deepAt: number } {
  const parser = new Parser(lines.addNewLine);
  const tokens: Yaml.CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > DEEPEST) return { deepAt: parser.offset };
  }
  return [...tokens, ...parser.end()];
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0] ?? "";
}
