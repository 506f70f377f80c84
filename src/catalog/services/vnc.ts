import type { CatalogEntry, Probe, Reading } from "../../model/catalog.ts";
import { MORE, couldBe, firstLine, matched, quoted } from "../reading.ts";

/** RFC 6143, section 7.1.1: `RFB xxx.yyy` and a line feed, twelve bytes. */
const PROTOCOL_VERSION = /^RFB (\d{3})\.(\d{3})$/;
const LENGTH = 12;

const greeting: Probe = {
  name: "greeting",
  read(reply, ended): Reading {
    if (!couldBe(reply, "RFB ")) return undefined;
    if (reply.length < LENGTH) return ended ? undefined : MORE;
    if (reply[LENGTH - 1] !== 0x0a) return undefined;
    const line = firstLine(reply, true) ?? "";
    const found = PROTOCOL_VERSION.exec(line);
    if (found === null) return undefined;
    const protocol = `${Number(found[1])}.${Number(found[2])}`;
    return matched({
      ...(protocol === "3.889" ? { product: "Apple Remote Desktop" } : {}),
      confidence: 0.98,
      health: "healthy",
      summary: `greeted ${quoted(line)}`,
      metadata: { protocol },
    });
  },
};

const entry: CatalogEntry = {
  type: "vnc",
  title: "VNC",
  category: "remote-access",
  summary: "Remote desktop over RFB",
  ports: [5900, 5901],
  dnsServices: ["_rfb._tcp"],
  scheme: "vnc",
  products: ["Apple Remote Desktop"],
  processes: ["Xvnc", "Xtigervnc", "x11vnc", "wayvnc", "vino-server"],
  probes: [greeting],
  examples: [
    {
      name: "RFB 3.8",
      probe: "greeting",
      replies: ["RFB 003.008\n"],
      expect: { health: "healthy" },
    },
    {
      name: "macOS screen sharing",
      probe: "greeting",
      replies: ["RFB 003.889\n"],
      expect: { product: "Apple Remote Desktop", health: "healthy" },
    },
  ],
};

export default entry;
