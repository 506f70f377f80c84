import type { CatalogEntry, HttpCheck, HttpReply, Match } from "../../model/catalog.ts";
import { challengeOf, titleOf } from "../http-reading.ts";
import { facts } from "../reading.ts";

/** The built-in error pages, which stand to the letter in haproxy, src/http.c. It sends no Server header. */
const OWN_WORDS = [
  "No server is available to handle this request.",
  "Request forbidden by administrative rules.",
  "The server didn't respond in time.",
  "The server returned an invalid or incomplete response.",
];
const ERROR_PAGE = /^<html><body><h1>\d{3} [A-Z][A-Za-z -]{1,40}<\/h1>\n([^<\n]{1,80})\n<\/body><\/html>\s*$/;

function statistics(reply: HttpReply, path: string): Match | undefined {
  if (titleOf(reply) === "Statistics Report for HAProxy") {
    const version = /<a href="[^"]{0,80}"[^>]{0,80}>HAProxy version ([\w.~+-]{1,40}),/.exec(reply.body)?.[1];
    return {
      ...facts({ version }),
      product: "HAProxy",
      confidence: 0.97,
      health: "healthy",
      summary: `GET ${path} is titled "Statistics Report for HAProxy"`,
    };
  }
  if (challengeOf(reply)?.startsWith('Basic realm="HAProxy Statistics"') !== true) return undefined;
  return {
    product: "HAProxy",
    confidence: 0.93,
    health: "protected",
    summary: `GET ${path} answered 401 with realm "HAProxy Statistics"`,
  };
}

const root: HttpCheck = {
  path: "/",
  read(reply) {
    const words = ERROR_PAGE.exec(reply.body)?.[1] ?? "";
    if (!OWN_WORDS.includes(words)) return statistics(reply, "/");
    return {
      product: "HAProxy",
      confidence: 0.85,
      summary: `GET / answered ${reply.status} with the error page of HAProxy`,
    };
  },
};

const stats: HttpCheck = { path: "/stats", read: (reply) => statistics(reply, "/stats") };

const entry: CatalogEntry = {
  type: "haproxy",
  title: "HAProxy",
  category: "web",
  carrier: true,
  summary: "Load balancer",
  ports: [80, 443, 8404],
  tlsPorts: [443],
  scheme: "http",
  tlsScheme: "https",
  products: ["HAProxy"],
  processes: ["haproxy"],
  http: [root, stats],
  examples: [
    {
      name: "no server is up",
      path: "/",
      status: 503,
      headers: { "cache-control": "no-cache", "content-type": "text/html" },
      body: "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n",
      expect: { product: "HAProxy" },
    },
    {
      name: "statistics of HAProxy 2.6",
      path: "/stats",
      headers: { "content-type": "text/html" },
      body: '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN"\n"http://www.w3.org/TR/html4/loose.dtd">\n<html><head><title>Statistics Report for HAProxy</title>\n<link rel="icon" href="data:,"></head><body><h1><a href="http://www.haproxy.org/" style="text-decoration: none;">HAProxy version 2.6.12-1+deb12u1, released 2023/12/16</a></h1>\n',
      expect: { product: "HAProxy", version: "2.6.12-1+deb12u1", health: "healthy" },
    },
    {
      name: "statistics that want a password",
      path: "/stats",
      status: 401,
      headers: { "www-authenticate": 'Basic realm="HAProxy Statistics"', "content-type": "text/html" },
      body: "<html><body><h1>401 Unauthorized</h1>\nYou need a valid user and password to access this content.\n</body></html>\n",
      expect: { product: "HAProxy", health: "protected" },
    },
  ],
};

export default entry;
