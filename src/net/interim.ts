import type { Socket } from "node:net";

/** What an answer begins with that says: go on (RFC 9110, section 15.2.1). */
const CONTINUE = /^HTTP\/1\.[01] 100(?: [^\r\n]*)?\r\n(?:[^\r\n]+\r\n)*\r\n/;
const STARTS = ["HTTP/1.0 100", "HTTP/1.1 100"];
/** More of them at once is no answer. */
const MOST_BYTES = 16 * 1024;

/**
 * Takes every `100 Continue` out of what comes on a socket before an answer: a client has to bear them though it did not
 * ask for one (RFC 9110, section 15.2), and undici takes them for a broken answer. An answer begins with the first bytes after
 * something was sent; with `isAsked` that was before.
 */
export function withoutContinue(
  socket: Socket,
  { isAsked = false }: { readonly isAsked?: boolean } = {},
): Socket {
  const push = socket.push.bind(socket);
  let sent = socket.bytesWritten;
  let begins = isAsked;
  let held: Buffer = Buffer.alloc(0);
  socket.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    begins ||= socket.bytesWritten !== sent;
    sent = socket.bytesWritten;
    if (!begins) return push(chunk, encoding);
    const came = chunk instanceof Uint8Array ? chunk : new Uint8Array();
    const rest = afterContinue(Buffer.concat([held, came]));
    const isOpen = chunk instanceof Uint8Array && mayContinue(rest);
    held = isOpen ? rest : Buffer.alloc(0);
    if (isOpen) return true;
    begins = false;
    const ready = rest.length === 0 || push(rest);
    return chunk instanceof Uint8Array ? ready : push(chunk, encoding);
  };
  return socket;
}

function afterContinue(bytes: Buffer): Buffer {
  let rest = bytes;
  for (;;) {
    const found = CONTINUE.exec(rest.subarray(0, MOST_BYTES).toString("latin1"));
    if (found === null) return rest;
    rest = rest.subarray(found[0].length);
  }
}

/** It is nothing yet, or the beginning of one. */
function mayContinue(bytes: Buffer): boolean {
  if (bytes.length > MOST_BYTES) return false;
  const text = bytes.subarray(0, 12).toString("latin1");
  return STARTS.some((start) => start.startsWith(text));
}
