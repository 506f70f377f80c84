import { fromLatin1 } from "../../model/bytes.ts";
import type { CatalogEntry, Match, Probe, Reading } from "../../model/catalog.ts";
import type { Health } from "../../model/observation.ts";
import { MORE, couldBe, facts, firstLine, matched, quoted } from "../reading.ts";

/** RFC 4253, section 4.2: `SSH-protoversion-softwareversion SP comments`. */
const IDENTIFICATION = /^SSH-(\d+\.\d+)-([^\s]*)/;
/** Software versions are `name`, a separator, and the version, where there is one. */
const SOFTWARE =
  /^(OpenSSH|dropbear|libssh2?|Cisco|paramiko|AsyncSSH|Twisted|mod_sftp|APACHE-SSHD|Erlang|ROSSSH|WeOnlyDo|Go)(?:_for_Windows)?(?:[_/-](\d.*)?)?$/;

/** What OpenSSH says in place of its identification to a client that it turns away. */
const REFUSALS: Readonly<Record<string, Health>> = {
  "Exceeded MaxStartups": "degraded",
  "Not allowed at this time": "degraded",
};

const greeting: Probe = {
  name: "greeting",
  read(reply, ended): Reading {
    if (!["SSH-", ...Object.keys(REFUSALS)].some((text) => couldBe(reply, text))) return undefined;
    const line = firstLine(reply, ended);
    if (line === undefined) return MORE;
    const health = REFUSALS[line];
    const isEnded = fromLatin1(reply.subarray(line.length, line.length + 2)) === "\r\n";
    if (health !== undefined && isEnded) return matched(refusal(line, health));
    const found = IDENTIFICATION.exec(line);
    if (found === null) return undefined;
    const software = SOFTWARE.exec(found[2] ?? "");
    return matched({
      ...facts({ product: software?.[1] ?? (found[2] || undefined), version: software?.[2] }),
      confidence: 0.98,
      health: "healthy",
      summary: `greeted ${quoted(line)}`,
    });
  },
};

function refusal(line: string, health: Health): Match {
  return { product: "OpenSSH", confidence: 0.9, health, summary: `greeted ${quoted(line)}` };
}

const entry: CatalogEntry = {
  type: "ssh",
  title: "SSH",
  category: "remote-access",
  summary: "Secure shell",
  ports: [22, 2222],
  dnsServices: ["_ssh._tcp", "_sftp-ssh._tcp"],
  scheme: "ssh",
  products: ["OpenSSH", "dropbear", "libssh", "paramiko", "AsyncSSH", "Go"],
  processes: ["sshd", "dropbear"],
  probes: [greeting],
  examples: [
    {
      name: "Debian 12",
      probe: "greeting",
      replies: ["SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"],
      expect: { product: "OpenSSH", version: "9.2p1", health: "healthy" },
    },
    {
      name: "Windows",
      probe: "greeting",
      replies: ["SSH-2.0-OpenSSH_for_Windows_9.5\r\n"],
      expect: { product: "OpenSSH", version: "9.5" },
    },
    {
      name: "Dropbear",
      probe: "greeting",
      replies: ["SSH-2.0-dropbear_2022.83\r\n"],
      expect: { product: "dropbear", version: "2022.83" },
    },
    {
      name: "a server written with Go's library",
      probe: "greeting",
      replies: ["SSH-2.0-Go\r\n"],
      expect: { product: "Go" },
    },
    {
      name: "OpenSSH with too many clients that have not logged in",
      probe: "greeting",
      replies: ["Exceeded MaxStartups\r\n"],
      expect: { product: "OpenSSH", health: "degraded" },
    },
  ],
};

export default entry;
