import type { CatalogEntry, Probe, Reading } from "../../model/catalog.ts";
import { MORE, matched } from "../reading.ts";

// RFC 854: IAC, then a verb, then an option; servers negotiate before they show a prompt.
const IAC = 0xff;
const VERBS: Readonly<Record<number, string>> = { 0xfb: "WILL", 0xfc: "WONT", 0xfd: "DO", 0xfe: "DONT" };
const HIGHEST_OPTION = 49;
const ENOUGH = 2;

/** Options of the IANA registry that servers negotiate, by number. */
const OPTIONS: Readonly<Record<number, string>> = {
  0: "BINARY",
  1: "ECHO",
  3: "SGA",
  5: "STATUS",
  24: "TTYPE",
  31: "NAWS",
  32: "TSPEED",
  33: "LFLOW",
  34: "LINEMODE",
  35: "XDISPLOC",
  36: "OLD-ENVIRON",
  37: "AUTHENTICATION",
  38: "ENCRYPT",
  39: "NEW-ENVIRON",
};

const greeting: Probe = {
  name: "greeting",
  read(reply, ended): Reading {
    const commands: string[] = [];
    for (let at = 0; commands.length < ENOUGH; at += 3) {
      const [iac = IAC, verb, option] = reply.subarray(at, at + 3);
      const name = verb === undefined ? "" : VERBS[verb];
      if (iac !== IAC || name === undefined || (option ?? 0) > HIGHEST_OPTION) {
        return commands.length > 0 ? alone(reply, commands) : undefined;
      }
      if (option === undefined) return ended ? alone(reply, commands) : MORE;
      commands.push(`${name} ${OPTIONS[option] ?? option}`);
    }
    return matched({
      confidence: 0.95,
      health: "healthy",
      summary: `greeted with telnet negotiation: ${commands.join(", ")}`,
    });
  },
};

/** One command and then text, or nothing: a prompt to log in makes it telnet; otherwise it merely fits. */
function alone(reply: Uint8Array, commands: readonly string[]): Reading {
  if (commands.length === 0) return undefined;
  const text = String.fromCharCode(...reply.subarray(3, 35));
  const readable = text.length > 0 && /^[\t\r\n\x20-\x7e]+$/.test(text);
  return matched({
    confidence: readable ? 0.7 : 0.5,
    health: "healthy",
    summary: `greeted with telnet negotiation: ${commands.join(", ")}${readable ? ", then text" : ""}`,
  });
}

const entry: CatalogEntry = {
  type: "telnet",
  title: "Telnet",
  category: "remote-access",
  summary: "Terminal without encryption",
  ports: [23, 2323],
  dnsServices: ["_telnet._tcp"],
  scheme: "telnet",
  processes: ["telnetd", "in.telnetd", "utelnetd"],
  probes: [greeting],
  examples: [
    {
      name: "BusyBox telnetd",
      probe: "greeting",
      replies: ["\xff\xfd\x01\xff\xfd\x1f\xff\xfb\x01\xff\xfb\x03\r\r\nDebian GNU/Linux 12\r\n\r"],
      expect: { health: "healthy" },
    },
    {
      name: "Linux telnetd",
      probe: "greeting",
      replies: ["\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\xff\xfd\x27"],
      expect: { health: "healthy" },
    },
    {
      name: "an appliance that negotiates once and prompts",
      probe: "greeting",
      replies: ["\xff\xfb\x01Router login: "],
      expect: { health: "healthy" },
    },
  ],
};

export default entry;
