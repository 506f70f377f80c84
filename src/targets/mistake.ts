import type { Refuse } from "./token.ts";

const URL_SHAPE = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d+))?/i;
const HOST_AND_PORT = /^(\[[^\]]*\]|[^:/@\s]+):(\d+)(?:\/.*)?$/;
const USER_AND_HOST = /^[^/]*@([^/@:]+)/;
const HOST_AND_PATH = /^([^/:]+)\//;

/** Refuses what is a host with more around it (a URL, `host:80`, `user@host`, `host/path`), saying what to give. */
export function refuseMistakes(text: string, refuse: Refuse): undefined {
  if (text === "-") return refuse("a range is written without blanks, as in 10.0.0.5-10.0.0.20");
  if (/^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) <= 65_535) {
    return refuse(`a port is given with --ports ${text}; an IPv4 address has 4 octets, not 1`);
  }
  if (text.startsWith(":") && /^:\d+$/.test(text)) {
    return refuse(`give a host, and the port with --ports ${text.slice(1)}`);
  }
  const [, host, port] =
    URL_SHAPE.exec(text) ?? HOST_AND_PORT.exec(text) ?? USER_AND_HOST.exec(text) ?? pathShape(text) ?? [];
  if (host === undefined) return undefined;
  if (host === "") return refuse("give a host alone, as in db.example.com");
  const bare = host.replaceAll(/[[\]]/g, "");
  return refuse(
    `give the host alone: ${bare}${port === undefined ? "" : `, and the port with --ports ${port}`}`,
  );
}

/** A slash behind a name; behind an address it begins a prefix, which is another's to judge. */
function pathShape(text: string): RegExpExecArray | undefined {
  const found = HOST_AND_PATH.exec(text);
  return found === null || /^[\d.]+$/.test(found[1] ?? "") ? undefined : found;
}
