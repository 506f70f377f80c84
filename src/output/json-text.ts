// JSON.stringify escapes U+0000 to U+001F only. A terminal obeys U+0080 to U+009F as well, and bidi overrides make a
// line read as another one. A line feed that is left in the text is layout, never data.
const UNSEEN = /(?!\n)[\p{C}\p{Zl}\p{Zp}]/gu;

// JSON.stringify writes a surrogate as an escape only where its partner is missing. Other escapes are stepped over.
const ESCAPE = /\\(?:ud[89a-f][0-9a-f]{2}|.)/g;

/**
 * A value as JSON (RFC 8259) without a character in it that a terminal would obey. Nothing is lost but surrogates
 * without a partner: no parser may be counted on to take them (RFC 7493, section 2.1), so they become U+FFFD.
 */
export function jsonText(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, null, indent);
  // Large documents seldom have one, and a copy of them costs.
  const whole = text.includes("\\ud") ? text.replace(ESCAPE, withoutHalves) : text;
  return whole.replace(UNSEEN, escapeUnits);
}

function withoutHalves(escape: string): string {
  return escape.length > 2 ? "\ufffd" : escape;
}

/** `\u009b`; two of them above U+FFFF (RFC 8259, section 7). */
function escapeUnits(character: string): string {
  let text = "";
  for (let at = 0; at < character.length; at++) {
    text += `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
  }
  return text;
}
