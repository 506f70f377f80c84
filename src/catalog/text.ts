/** A stranger's text for metadata: no control characters, at most `most` characters. */
export function plain(text: string, most = 120): string {
  return text
    .replaceAll(/[\x00-\x1f\x7f-\x9f]+/g, " ")
    .slice(0, most)
    .trim();
}

/** The same where there is any; nothing where nothing is left. */
export function plainOrNone(text: string | undefined, most = 120): string | undefined {
  return text === undefined ? undefined : plain(text, most) || undefined;
}
