import type { CatalogEntry, Probe, Reading } from "../../model/catalog.ts";
import { MORE, couldBe, facts, firstLine, matched, quoted } from "../reading.ts";

/** RFC 4253, section 4.2: `SSH-protoversion-softwareversion SP comments`. */
const IDENTIFICATION = /^SSH-(\d+\.\d+)-([^\s]*)/;
const SOFTWARE = /^(OpenSSH|dropbear|libssh|Cisco|paramiko|Go)(?:_for_Windows)?[_-]?(.*)$/;

const greeting: Probe = {
  name: "greeting",
  read(reply, ended): Reading {
    const line = firstLine(reply, ended);
    if (line === undefined) return couldBe(reply, "SSH-") ? MORE : undefined;
    const found = IDENTIFICATION.exec(line);
    if (found === null) return undefined;
    const software = SOFTWARE.exec(found[2] ?? "");
    return matched({
      ...facts({ product: software?.[1] ?? (found[2] || undefined), version: software?.[2] || undefined }),
      confidence: 0.98,
      health: "healthy",
      summary: `greeted ${quoted(line)}`,
    });
  },
};

const entry: CatalogEntry = {
  type: "ssh",
  title: "SSH",
  category: "remote-access",
  summary: "Secure shell",
  ports: [22, 2222],
  dnsServices: ["_ssh._tcp", "_sftp-ssh._tcp"],
  scheme: "ssh",
  products: ["OpenSSH", "dropbear"],
  processes: ["sshd", "dropbear"],
  probes: [greeting],
  examples: [
    {
      name: "Debian 12",
      probe: "greeting",
      replies: ["SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"],
      expect: { product: "OpenSSH", version: "9.2p1" },
    },
    {
      name: "Dropbear",
      probe: "greeting",
      replies: ["SSH-2.0-dropbear_2022.83\r\n"],
      expect: { product: "dropbear", version: "2022.83" },
    },
  ],
};

export default entry;
