/** RFC 9110, section 5.6.2. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110, section 5.5: visible characters, blanks, tabs, and what bytes above ASCII stand for. */
const VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;
/** Headers of the connection and the body, which are the request's own business. */
const FRAMING: ReadonlySet<string> = new Set(
  "connection content-length expect keep-alive te trailer transfer-encoding upgrade".split(" "),
);

/** Why a header cannot be sent along with a request; undefined where it can. Never says what the value is. */
export function headerFault(name: string, value: string): string | undefined {
  if (!NAME.test(name)) return "its name holds what no header's name may";
  if (FRAMING.has(name.toLowerCase())) return "this header belongs to the request itself";
  return VALUE.test(value) ? undefined : "its value holds what no header may";
}
