import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import type { Health } from "../../model/observation.ts";
import { wordAt } from "../http-reading.ts";
import { quoted } from "../reading.ts";

/** 503 while it starts and shows "Please wait". */
const HEALTH: Readonly<Record<number, Health>> = { 401: "protected", 403: "protected", 503: "degraded" };

// https://www.jenkins.io/doc/book/using/remote-access-api/ : every answer carries X-Jenkins
const root: HttpCheck = {
  path: "/",
  read({ status, headers }) {
    const version = wordAt({ version: headers["x-jenkins"] ?? "" }, "version");
    if (version === undefined || !/^\d+\.\d+/.test(version)) return undefined;
    return {
      product: "Jenkins",
      version,
      confidence: 0.97,
      health: HEALTH[status] ?? "healthy",
      summary: `GET / answered ${status}, X-Jenkins ${quoted(version)}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "jenkins",
  title: "Jenkins",
  category: "web",
  summary: "Automation server",
  ports: [8080],
  dnsServices: ["_jenkins._tcp", "_hudson._tcp"],
  scheme: "http",
  tlsScheme: "https",
  products: ["Jenkins"],
  http: [root],
  healthPaths: ["/login"],
  examples: [
    {
      name: "Jenkins 2.440 that wants a log-in",
      path: "/",
      status: 403,
      headers: {
        server: "Jetty(10.0.20)",
        "x-content-type-options": "nosniff",
        "x-hudson": "1.395",
        "x-jenkins": "2.440.1",
        "x-jenkins-session": "1b2a8f0c",
        "content-type": "text/html;charset=utf-8",
      },
      body: "<html><head><meta http-equiv='refresh' content='1;url=/login?from=%2F'/></head><body style='background-color:white; color:white;'>Authentication required</body></html>",
      expect: { product: "Jenkins", version: "2.440.1", health: "protected" },
    },
    {
      name: "open to all",
      path: "/",
      headers: { server: "Jetty(10.0.20)", "x-hudson": "1.395", "x-jenkins": "2.440.1" },
      body: "<!DOCTYPE html><html><head><title>Dashboard [Jenkins]</title>",
      expect: { product: "Jenkins", version: "2.440.1", health: "healthy" },
    },
  ],
};

export default entry;
