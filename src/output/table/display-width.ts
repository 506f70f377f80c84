// UAX #11, East Asian Width W and F, in runs that close over what is not assigned; emoji have a property of their own.
const WIDE =
  /(?!\p{RI})[\p{Emoji_Presentation}\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u3247\u3250-\u4dbf\u4e00-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]/u;

// Marks that sit on the character before them, and the vowels and finals of Hangul that join it.
const JOINING = /[\p{Mn}\p{Me}\u1160-\u11ff\ud7b0-\ud7ff]/u;

const ASCII = /^[ -~]*$/;

/** Columns that printable text takes on a terminal. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Text in at most `width` columns: whole, or what fits and `…`. */
export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return "";
  return `${head(text, width - 1).trimEnd()}…`;
}

/** As much of the start as fits, marks kept with the character they sit on. */
export function head(text: string, width: number): string {
  let end = 0;
  let room = width;
  for (const character of text) {
    room -= characterWidth(character);
    if (room < 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}

function characterWidth(character: string): number {
  if (JOINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
