import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { serverNamed } from "../http-reading.ts";
import { facts } from "../reading.ts";

const root: HttpCheck = {
  path: "/",
  read(reply) {
    const server = serverNamed(reply, "lighttpd");
    if (server === undefined) return undefined;
    return {
      ...facts({ version: server.version }),
      product: "lighttpd",
      confidence: 0.85,
      summary: `GET / answered ${reply.status}, Server lighttpd`,
    };
  },
};

const entry: CatalogEntry = {
  type: "lighttpd",
  title: "lighttpd",
  category: "web",
  carrier: true,
  summary: "Small web server",
  ports: [80, 443],
  tlsPorts: [443],
  scheme: "http",
  tlsScheme: "https",
  products: ["lighttpd"],
  processes: ["lighttpd"],
  http: [root],
  examples: [
    {
      name: "Debian 12",
      path: "/",
      headers: { server: "lighttpd/1.4.69", "content-type": "text/html" },
      body: "<!DOCTYPE html><title>Welcome page</title>",
      expect: { product: "lighttpd", version: "1.4.69" },
    },
    {
      name: "without its version",
      path: "/",
      status: 404,
      headers: { server: "lighttpd" },
      expect: { product: "lighttpd" },
    },
  ],
};

export default entry;
