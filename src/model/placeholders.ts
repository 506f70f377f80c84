/** `${name}` in a text. */
export interface Placeholder {
  /** As it is written. */
  readonly text: string;
  /** What stands inside; undefined where it does not end. */
  readonly name: string | undefined;
}

/** `$${`, which is `${` itself, or a placeholder. Nothing is read twice, so that it takes linear time. */
const TOKEN = /\$\$\{|\$\{([^${}]*)(\}?)/g;

/** The placeholders of a text in its order, one that is there twice two times. */
export function placeholdersIn(text: string): readonly Placeholder[] {
  return [...text.matchAll(TOKEN)].flatMap(([written, name, end]) =>
    name === undefined ? [] : { text: written, name: end === "}" ? name : undefined },
  );
}

/**
 * The text with the values in their places, and `$${` as `${`. A placeholder without a value stays as it is, and what comes in
 * with a value is not looked at again.
 */
export function fill(text: string, valueOf: (name: string) => string | undefined): string {
  return text.replaceAll(TOKEN, (written: string, name: string | undefined, end: string | undefined) => {
    if (name === undefined) return "${";
    return (end === "}" ? valueOf(name) : undefined) ?? written;
  });
}
