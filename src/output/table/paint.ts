/** SGR parameters that every terminal knows (ECMA-48, section 8.3.117). */
const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export type Style = keyof typeof CODES;

/** Text in a style; as it is where there is none. */
export function paint(text: string, style: Style | undefined): string {
  return style === undefined || text === "" ? text : `\u001b[${CODES[style]}m${text}\u001b[0m`;
}
