// What moves a cursor, turns the reading direction round, or shows nothing at all: controls, format characters,
// surrogates without a partner, private and unassigned code points, and every blank but the plain one.
const UNSEEN = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu;

/** A character as ASCII that a person can read: `\n`, `\x1b`, `\u{202e}`. */
export function escapeCharacter(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  if (character === "\t") return "\\t";
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u{${code}}`;
}

/** Text from anywhere as one line that is safe on a terminal: whatever would not show as itself is escaped. */
export function printable(text: string): string {
  return text.replace(UNSEEN, escapeCharacter);
}
