import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { serverNamed, titleOf } from "../http-reading.ts";
import { facts } from "../reading.ts";

const root: HttpCheck = {
  path: "/",
  read(reply) {
    const server = serverNamed(reply, "Apache");
    if (server === undefined) return undefined;
    const title = titleOf(reply) ?? "";
    const own =
      /^Apache2 \S+ Default Page/.test(title) ||
      reply.body.trimStart().startsWith("<html><body><h1>It works!</h1>");
    return {
      ...facts({ version: server.version }),
      product: "Apache HTTP Server",
      confidence: own ? 0.95 : 0.8,
      summary: `GET / answered ${reply.status}, Server Apache${own ? ", with a page of its own" : ""}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "apache",
  title: "Apache HTTP Server",
  category: "web",
  carrier: true,
  summary: "Web server",
  ports: [80, 443, 8080],
  tlsPorts: [443],
  scheme: "http",
  tlsScheme: "https",
  products: ["Apache HTTP Server"],
  processes: ["apache2", "httpd"],
  http: [root],
  examples: [
    {
      name: "welcome page of Debian 12",
      path: "/",
      headers: { server: "Apache/2.4.57 (Debian)", "content-type": "text/html" },
      body: '\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml">\n  <head>\n    <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />\n    <title>Apache2 Debian Default Page: It works</title>\n',
      expect: { product: "Apache HTTP Server", version: "2.4.57" },
    },
    {
      name: "container image",
      path: "/",
      headers: { server: "Apache/2.4.59 (Unix)", "content-type": "text/html" },
      body: "<html><body><h1>It works!</h1></body></html>\n",
      expect: { product: "Apache HTTP Server", version: "2.4.59" },
    },
    {
      name: "somebody's site, ServerTokens Prod",
      path: "/",
      headers: { server: "Apache" },
      body: "<!doctype html><title>Shop</title>",
      expect: { product: "Apache HTTP Server" },
    },
  ],
};

export default entry;
