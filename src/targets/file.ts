import type { Token } from "./token.ts";
import { splitTokens } from "./token.ts";

/**
 * The tokens of a targets file: any number on a line, with blanks or commas between them; `#` begins a comment.
 * `name` is how the file is called in errors: `targets.txt line 7`.
 */
export function parseTargetsFile(text: string, name: string): Token[] {
  return text
    .replace(/^\u{feff}/u, "")
    .split(/\r\n|\n|\r/)
    .flatMap((line, at) => splitTokens(line.replace(/#.*$/, ""), `${name} line ${at + 1}`));
}
