import { headerFault } from "../../model/http-header.ts";
import { type Row, badSetting, list } from "./kinds.ts";
import type { Place, Setting } from "./setting.ts";

type Texts = readonly string[];

/** Kinds of setting that have to do with the network's own names. What they refuse throws `bad-setting`. */
type Check = (item: string, where: string) => string;

function checkedList(row: Row<Texts>, check: Check): Setting<Texts> {
  const base = list(row);
  return {
    ...base,
    parse: (texts, place) => base.parse(texts, place).map((item) => check(item, place.where)),
  };
}

/** Domain names without a dot at the end; labels as RFC 1035, section 2.3.4 has them, in any characters. */
export function domains(row: Row<Texts>): Setting<Texts> {
  return checkedList(row, (item, where) => {
    const name = item.replace(/\.$/, "");
    if (/[\s/:@]/.test(name)) throw badSetting(item, where, "not a domain name");
    const fault = nameFault(name);
    if (fault !== undefined) throw badSetting(item, where, fault);
    return name;
  });
}

/**
 * Names of services and of their types as zone files have them (RFC 1035, section 5.1): any characters but controls, a dot
 * inside an instance's name as `\.` (RFC 6763, section 4.3).
 */
export function serviceNames(row: Row<Texts>): Setting<Texts> {
  return checkedList(row, (item, where) => {
    const fault = serviceNameFault(item);
    if (fault !== undefined) throw badSetting(item, where, fault);
    return item;
  });
}

/** One byte or character that stands for itself. */
const ESCAPE = /\\(?:(\d{3})|(\D))/gu;

function serviceNameFault(item: string): string | undefined {
  const bytes = [...item.matchAll(ESCAPE)].flatMap(([, digits]) =>
    digits === undefined ? [] : Number(digits),
  );
  // RFC 6763, section 4.1.1; an escape makes them no better.
  if (/\p{Cc}/u.test(item) || bytes.some((byte) => byte < 32 || byte === 127))
    return "no name has control characters";
  const plain = item.replaceAll(ESCAPE, (_, _digits, literal = "x") =>
    /[.\\]/.test(literal) ? "x" : literal,
  );
  if (plain.includes("\\") || bytes.some((byte) => byte > 255))
    return "a backslash stands before a character, or before the three digits of a byte";
  return nameFault(plain.replace(/\.$/, ""));
}

/** RFC 1035, section 2.3.4. */
function nameFault(name: string): string | undefined {
  const labels = name.split(".");
  if (labels.includes("")) return "a label of the name is empty";
  const isLong = labels.some((label) => Buffer.byteLength(label) > 63) || Buffer.byteLength(name) > 253;
  return isLong ? "longer than a domain name may be" : undefined;
}

/**
 * `address` or `address:port`. Only what is plainly neither is refused here; the run reads it whole before anything is sent
 * (`src/targets/name-server.ts`). Its reader of addresses would cost `--help` five files.
 */
export function nameServers(row: Row<Texts>): Setting<Texts> {
  return checkedList(row, (item, where) => {
    if (!/^\[?[\da-f:.]*:[\da-f:.]*(?:%[\w.-]+)?\]?(?::\d+)?$|^\d+(?:\.\d+){3}(?::\d+)?$/i.test(item))
      throw badSetting(item, where, "not an IP address, or address:port");
    const port = /^(?:\d+(?:\.\d+){3}|\[.*\]):(\d+)$/.exec(item)?.[1];
    if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535))
      throw badSetting(item, where, "the port must be 1 to 65535");
    return item;
  });
}

/**
 * `Name: value`, one a flag, one a line in the environment. The value may be a secret: it is never shown, in errors
 * neither.
 */
export function headers(row: Row<Texts>): Setting<Texts> {
  const parse = (texts: Texts, { where }: Place): Texts =>
    texts
      .flatMap((text) => text.split(/\r?\n/))
      .filter((line) => line.trim() !== "")
      .map((line) => header(line, where));
  return { ...list(row), parse, show: (value) => value.map((line) => `${nameOf(line)}: (hidden)`) };
}

function header(line: string, where: string): string {
  const at = line.indexOf(":");
  const name = line.slice(0, Math.max(0, at)).trim();
  const value = line.slice(at + 1).trim();
  if (at < 0) throw badSetting("a header", where, "must be 'Name: value'");
  const fault = headerFault(name, value);
  // A name that cannot be one may be a secret that was put in the wrong place.
  const shown = /^[\w-]+$/.test(name) ? name : "a header";
  if (fault !== undefined) throw badSetting(shown, where, fault);
  return `${name}: ${value}`;
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(":"));
}

/** The headers as a run takes them; of one name the last counts. */
export function headersOf(lines: Texts): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => [nameOf(line).toLowerCase(), line.slice(line.indexOf(":") + 2)]),
  );
}
