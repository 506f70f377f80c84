import { displayWidth, head } from "./display-width.ts";

/** Printable text as lines of at most `width` columns, broken at blanks where there are any; one line without a width. */
export function prose(text: string, width: number | undefined): string[] {
  if (width === undefined) return [text];
  const lines: string[] = [];
  let line = "";
  for (const piece of text.split(" ").flatMap((word) => pieces(word, width))) {
    const longer = line === "" ? piece : `${line} ${piece}`;
    if (displayWidth(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = piece;
    }
  }
  return line === "" ? lines : [...lines, line];
}

/** A word in pieces that fit; a character wider than the width is left out. */
function pieces(word: string, width: number): string[] {
  const found: string[] = [];
  for (let rest = word; rest !== "";) {
    const piece = head(rest, width);
    if (piece !== "") found.push(piece);
    rest = rest.slice(piece === "" ? String.fromCodePoint(rest.codePointAt(0) ?? 0).length : piece.length);
  }
  return found;
}
