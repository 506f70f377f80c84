import net from "node:net";

/** How a plain connect ended: `open`, `timeout`, or the error's code. */
export function connectOutcome(host: string, port: number, timeoutMs = 400): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: timeoutMs });
    const end = (outcome: string): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.once("connect", () => end("open"));
    socket.once("timeout", () => end("timeout"));
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}

/**
 * Connects, sends, and collects what comes, as latin-1, until it matches `until`, the peer ends, `waitMs` pass, or it
 * is over 1 MB. Resolves to what came, however it ended.
 */
export function talk(
  { address, port }: { readonly address: string; readonly port: number },
  send = "",
  until = /[^]/,
  waitMs = 3_000,
): Promise<string> {
  return new Promise((resolve) => {
    let heard = "";
    const socket = net.connect({ host: address, port });
    socket.setEncoding("latin1");
    const timer = setTimeout(() => socket.destroy(), waitMs);
    socket.once("connect", () => send !== "" && socket.write(send, "latin1"));
    socket.on("data", (text) => {
      heard += text.toString();
      if (until.test(heard) || heard.length > 1e6) socket.destroy();
    });
    socket.once("error", () => {});
    socket.once("close", () => {
      clearTimeout(timer);
      resolve(heard);
    });
  });
}
