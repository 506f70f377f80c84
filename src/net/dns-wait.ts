import type { DnsExchangeOptions, DnsFailure } from "../model/net.ts";

/** What an exchange has in hand while it waits. Only the first word counts; `arrived` may come often. */
export interface DnsWait {
  arrived(message: Uint8Array): void;
  failed(failure: DnsFailure): void;
}

/**
 * Waits for an acceptable message, a failure, the end of the time or the signal, whichever is first. `begin` opens the
 * socket and returns how to close it.
 */
export function waitForReply<T extends object>(
  { timeoutMs, signal, accept }: DnsExchangeOptions<T>,
  begin: (wait: DnsWait) => () => void,
): Promise<T | DnsFailure> {
  if (signal.aborted) return Promise.resolve("cancelled");
  let end: (() => void) | undefined;
  const reply = new Promise<T | DnsFailure>((resolve, reject) => {
    const cancel = (): void => resolve("cancelled");
    const timer = setTimeout(() => resolve("timeout"), timeoutMs);
    signal.addEventListener("abort", cancel);
    const close = begin({
      failed: resolve,
      arrived(message) {
        // This runs inside a socket's event: what is thrown there would end the process.
        try {
          const accepted = accept(message);
          if (accepted !== undefined) resolve(accepted);
        } catch (error) {
          reject(error instanceof Error ? error : new Error("a reply could not be read", { cause: error }));
        }
      },
    });
    end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", cancel);
      close();
    };
  });
  return reply.finally(() => end?.());
}
