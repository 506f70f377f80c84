import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { serverNamed, titleOf } from "../http-reading.ts";

const root: HttpCheck = {
  path: "/",
  read(reply) {
    const named = serverNamed(reply, "Caddy") !== undefined;
    // Since 2.10 a proxied answer keeps the Server header of its origin, and Caddy stands in Via (RFC 9110, 7.6.3).
    const passed = /(?:^|, )\d(?:\.\d)? Caddy(?:,|$)/.test(reply.headers["via"] ?? "");
    if (!named && !passed) return undefined;
    const own = named && titleOf(reply) === "Caddy works!";
    return {
      product: "Caddy",
      confidence: own ? 0.95 : 0.8,
      summary: `GET / answered ${reply.status}, ${named ? "Server" : "Via"} Caddy${own ? ", with a page of its own" : ""}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "caddy",
  title: "Caddy",
  category: "web",
  carrier: true,
  summary: "Web server and reverse proxy that obtains its certificates itself",
  ports: [80, 443],
  tlsPorts: [443],
  scheme: "http",
  tlsScheme: "https",
  products: ["Caddy"],
  processes: ["caddy"],
  http: [root],
  examples: [
    {
      name: "welcome page",
      path: "/",
      headers: { server: "Caddy", "content-type": "text/html; charset=utf-8" },
      body: '<!DOCTYPE html>\n<html>\n<head>\n\t<title>Caddy works!</title>\n\t<meta charset="utf-8">\n',
      expect: { product: "Caddy" },
    },
    {
      name: "nothing configured",
      path: "/",
      headers: { server: "Caddy" },
      body: "",
      expect: { product: "Caddy" },
    },
    {
      name: "in front of something else",
      path: "/",
      headers: { server: "Werkzeug/3.0.1 Python/3.11.2", via: "1.1 Caddy" },
      body: "hello",
      expect: { product: "Caddy" },
    },
  ],
};

export default entry;
