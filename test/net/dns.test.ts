import { type RemoteInfo, type Socket as UdpSocket, createSocket } from "node:dgram";
import { getEventListeners } from "node:events";
import type { Socket } from "node:net";

import { describe, expect, test, vi } from "vitest";

import type { DnsExchangeOptions, DnsFailure } from "../../src/model/net.ts";
import { dnsTcp } from "../../src/net/dns-tcp.ts";
import { dnsUdp } from "../../src/net/dns-udp.ts";
import { type DnsWait, waitForReply } from "../../src/net/dns-wait.ts";
import { resolverConfig } from "../../src/net/resolver-config.ts";
import { NEVER, closedPort, during, floodWith, handles, handlesBackTo, serve, until } from "./peers.ts";

const QUERY = Buffer.from("a question");
/** Longer than any of these tests may take. */
const LONG_MS = 600_000;

interface Said {
  readonly text: string;
}

/** Takes what begins so, and waits on for it otherwise. */
function wanting(
  beginning: string,
  { timeoutMs = LONG_MS, signal = NEVER } = {},
): DnsExchangeOptions<Said> & { readonly seen: string[] } {
  const seen: string[] = [];
  const accept = (reply: Uint8Array): Said | undefined => {
    const text = Buffer.from(reply).toString("latin1");
    seen.push(text.slice(0, 40));
    return text.startsWith(beginning) ? { text } : undefined;
  };
  return { timeoutMs, signal, accept, seen };
}

function faulty(): never {
  throw new RangeError("a fault of the reader");
}

interface Udp {
  readonly port: number;
  readonly asked: string[];
  readonly sources: number[];
  close(): Promise<void>;
}

/** A UDP server that treats every datagram alike. */
function udpServer(
  answer: (socket: UdpSocket, from: RemoteInfo, asked: Buffer) => void,
  host = "127.0.0.1",
): Promise<Udp> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  const asked: string[] = [];
  const sources: number[] = [];
  socket.on("message", (message, from) => {
    asked.push(message.toString());
    sources.push(from.port);
    answer(socket, from, message);
  });
  const close = (): Promise<void> => new Promise((resolve) => void socket.close(() => resolve()));
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, host, () => resolve({ port: socket.address().port, asked, sources, close }));
  });
}

function at(port: number, address = "127.0.0.1"): { readonly address: string; readonly port: number } {
  return { address, port };
}

describe("a question by datagram", () => {
  test.each(["127.0.0.1", "::1"])("is answered by %s", async (host) => {
    const before = handles();
    const server = udpServer((socket, from) => socket.send("yes", from.port, from.address), host);
    await during(server, async ({ port, asked }) => {
      expect(await dnsUdp(at(port, host), QUERY, wanting("yes"))).toEqual({ text: "yes" });
      expect(asked).toEqual(["a question"]);
    });
    await handlesBackTo(before);
  });

  test("waits on past replies that are not its own", async () => {
    const server = udpServer((socket, { port, address }) => {
      for (const text of ["", "no", "not this", "yes at last", "yes too late"])
        socket.send(text, port, address);
    });
    await during(server, async ({ port }) => {
      const options = wanting("yes");
      expect(await dnsUdp(at(port), QUERY, options)).toEqual({ text: "yes at last" });
      expect(options.seen).toEqual(["", "no", "not this", "yes at last"]);
    });
  });

  test("does not hear another sender, whatever that says", async () => {
    const liar = createSocket("udp4");
    const server = udpServer((socket, { port, address }) => {
      liar.send("yes, says a stranger", port, address, () => {
        // The stranger's word is on its way before the answer is.
        socket.send("yes, says the server", port, address);
      });
    });
    await during(server, async ({ port }) => {
      const options = wanting("yes");
      expect(await dnsUdp(at(port), QUERY, options)).toEqual({ text: "yes, says the server" });
      expect(options.seen).toEqual(["yes, says the server"]);
    });
    liar.close();
  });

  test("leaves from a port of its own each time", async () => {
    const server = udpServer((socket, from) => socket.send("yes", from.port, from.address));
    await during(server, async ({ port, sources }) => {
      await Promise.all(Array.from({ length: 8 }, () => dnsUdp(at(port), QUERY, wanting("yes"))));
      expect(new Set(sources).size).toBe(8);
    });
  });

  test("is refused where nothing listens", async () => {
    const before = handles();
    const server = await udpServer(() => {});
    await server.close();
    expect(await dnsUdp(at(server.port), QUERY, wanting("yes"))).toBe("refused");
    await handlesBackTo(before);
  });

  test("ends with its time where nothing comes, and leaves nothing", async () => {
    const before = handles();
    await during(
      udpServer(() => {}),
      async ({ port, asked }) => {
        expect(await dnsUdp(at(port), QUERY, wanting("yes", { timeoutMs: 20 }))).toBe("timeout");
        await until(() => asked.length === 1);
      },
    );
    await handlesBackTo(before);
  });

  test("ends with the signal: before it began, and while it waits", async () => {
    const before = handles();
    const stop = new AbortController();
    await during(
      udpServer(() => stop.abort()),
      async ({ port }) => {
        const over = wanting("yes", { signal: AbortSignal.abort() });
        expect(await dnsUdp(at(port), QUERY, over)).toBe("cancelled");
        expect(await dnsUdp(at(port), QUERY, wanting("yes", { signal: stop.signal }))).toBe("cancelled");
      },
    );
    await handlesBackTo(before);
  });

  test("ends with a signal that fires before the socket stands", async () => {
    const before = handles();
    const stop = new AbortController();
    const ended = dnsUdp(at(9), QUERY, wanting("yes", { signal: stop.signal }));
    stop.abort();
    expect(await ended).toBe("cancelled");
    await handlesBackTo(before);
  });

  test("rejects when what reads the reply throws, and leaves nothing", async () => {
    const before = handles();
    const server = udpServer((socket, from) => socket.send("yes", from.port, from.address));
    await during(server, async ({ port }) => {
      const accept = faulty;
      const asked = dnsUdp(at(port), QUERY, { timeoutMs: LONG_MS, signal: NEVER, accept });
      await expect(asked).rejects.toThrow("a fault of the reader");
    });
    await handlesBackTo(before);
  });
});

function framed(text: string | Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([length, Buffer.from(text)]);
}

/** Asks a TCP server that does this once it has been asked. */
async function overTcp(
  answer: (socket: Socket, asked: Buffer) => void,
  options = wanting("yes"),
): Promise<Said | DnsFailure> {
  const before = handles();
  const talk = (socket: Socket): void => void socket.once("data", (asked) => answer(socket, asked));
  const result = await during(serve(talk), ({ port }) => dnsTcp(at(port), QUERY, options));
  await handlesBackTo(before);
  return result;
}

describe("a question over a connection", () => {
  test("goes out with its length before it, in one piece", async () => {
    let asked: Buffer | undefined;
    const result = await overTcp((socket, heard) => {
      asked = heard;
      socket.write(framed("yes"));
    });
    expect(result).toEqual({ text: "yes" });
    expect(asked).toEqual(framed("a question"));
  });

  test("takes the longest message there can be", async () => {
    const text = `yes${"x".repeat(65_532)}`;
    expect(await overTcp((socket) => socket.end(framed(text)))).toEqual({ text });
  });

  test("takes a reply that comes a byte at a time, and one that comes behind others", async () => {
    const options = wanting("yes");
    const bytes = Buffer.concat([framed("no"), framed(""), framed("yes, in small pieces")]);
    const result = await overTcp((socket) => {
      const drip = (at: number): void => {
        if (at < bytes.length) socket.write(bytes.subarray(at, at + 1), () => setImmediate(drip, at + 1));
      };
      drip(0);
    }, options);
    expect(result).toEqual({ text: "yes, in small pieces" });
    expect(options.seen).toEqual(["no", "", "yes, in small pieces"]);
  });

  test.each([
    ["hangs up at once", (socket: Socket) => socket.end()],
    ["hangs up within the length", (socket: Socket) => socket.end("\x00")],
    ["hangs up within the message", (socket: Socket) => socket.end(framed("yes").subarray(0, 4))],
    ["resets", (socket: Socket) => socket.resetAndDestroy()],
    ["floods with messages that were not asked for", (socket: Socket) => floodWith(socket, "\x00\x02no")],
  ])("is broken where the server %s", async (_, answer) => {
    expect(await overTcp(answer)).toBe("broken");
  });

  test("is refused where nothing listens", async () => {
    expect(await dnsTcp(at(await closedPort()), QUERY, wanting("yes"))).toBe("refused");
  });

  test("ends with its time where nothing comes", async () => {
    expect(await overTcp(() => {}, wanting("yes", { timeoutMs: 20 }))).toBe("timeout");
  });

  test("ends with the signal while it waits", async () => {
    const stop = new AbortController();
    const options = wanting("yes", { signal: stop.signal });
    expect(await overTcp(() => stop.abort(), options)).toBe("cancelled");
  });

  test("rejects when what reads the reply throws", async () => {
    const options = { ...wanting("yes"), accept: faulty };
    await expect(overTcp((socket) => socket.write(framed("yes")), options)).rejects.toThrow("a fault");
  });
});

describe("waiting", () => {
  test("leaves no timer and no listener behind, however it ends", async () => {
    vi.useFakeTimers();
    try {
      const { signal } = new AbortController();
      const ends: ((wait: DnsWait) => void)[] = [
        (wait) => wait.arrived(Buffer.from("yes")),
        (wait) => wait.failed("refused"),
        () => vi.advanceTimersByTime(LONG_MS),
      ];
      for (const end of ends) {
        let closed = 0;
        const waited = waitForReply(wanting("yes", { signal }), (wait) => {
          queueMicrotask(() => end(wait));
          return () => void closed++;
        });
        expect(vi.getTimerCount()).toBe(1);
        await waited;
        expect(vi.getTimerCount()).toBe(0);
        expect(getEventListeners(signal, "abort")).toEqual([]);
        expect(closed).toBe(1);
      }
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("what the machine's resolver is told", () => {
  test("is the file's text, and nothing where there is none", () => {
    expect(resolverConfig(new URL("../../package.json", import.meta.url).pathname)).toMatch(/"sonde"/);
    if (process.platform !== "win32") expect(resolverConfig("/nowhere/resolv.conf")).toBe("");
  });
});
