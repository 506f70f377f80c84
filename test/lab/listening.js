// @ts-check

/**
 * A server that runs in this process.
 *
 * @typedef {object} Listening
 * @property {number} port
 * @property {() => Promise<void>} close Cuts its connections, too.
 */

/**
 * Waits until the server listens.
 *
 * @param {import("node:net").Server} server
 * @param {{ host?: string, port?: number }} [options] 127.0.0.1 and a free port where absent.
 * @returns {Promise<Listening>}
 */
export async function listening(server, { host = "127.0.0.1", port = 0 } = {}) {
  /** @type {Set<import("node:net").Socket>} */
  const sockets = new Set();
  server.on("connection", (/** @type {import("node:net").Socket} */ socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    // An IPv6 address means just that one: `::` beside `0.0.0.0` is a second server on the same port.
    server.listen({ host, port, ipv6Only: true }, () => resolve(undefined));
  });
  return { port: boundPort(server), close: () => close(server, sockets) };
}

/** @param {import("node:net").Server} server */
function boundPort(server) {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/**
 * @param {import("node:net").Server} server
 * @param {Iterable<import("node:net").Socket>} sockets
 * @returns {Promise<void>}
 */
function close(server, sockets) {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
