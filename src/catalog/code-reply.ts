import { fromLatin1 } from "../model/bytes.ts";

const LONGEST = 4096;

/** A reply as FTP and SMTP have it: a code, and text on one line or on several (RFC 959 4.2, RFC 5321 4.2.1). */
export interface CodeReply {
  readonly code: number;
  /** The text without its codes, lines joined by a blank. */
  readonly text: string;
}

/** The reply; `more` while it is not whole; undefined where it is no such reply. Cut off, it is what has come. */
export function codeReply(reply: Uint8Array, ended: boolean): CodeReply | "more" | undefined {
  const start = fromLatin1(reply.subarray(0, 4));
  if (!/^[1-5](?:\d(?:\d[ \-\r\n]?)?)?$/.test(start)) return start === "" && !ended ? "more" : undefined;
  const lines = fromLatin1(reply.subarray(0, LONGEST)).split(/\r?\n/);
  const code = start.slice(0, 3);
  const last = lines.findIndex((line, at) => at < lines.length - 1 && isLast(line, code));
  if (last < 0 && !ended && reply.length < LONGEST) return "more";
  const whole = lines.slice(0, last < 0 ? lines.length : last + 1);
  const text = whole.map((line) => (line.startsWith(code) ? line.slice(4) : line));
  return code.length < 3 ? undefined : { code: Number(code), text: text.join(" ").trim() };
}

function isLast(line: string, code: string): boolean {
  return line === code || line.startsWith(`${code} `);
}
