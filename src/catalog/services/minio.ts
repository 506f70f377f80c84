import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { serverNamed, titleOf } from "../http-reading.ts";
import { facts } from "../reading.ts";

const root: HttpCheck = {
  path: "/",
  read(reply) {
    const server = serverNamed(reply, "MinIO");
    if (server === undefined) return undefined;
    const console =
      titleOf(reply)?.startsWith("MinIO ") === true || reply.headers["server"] === "MinIO Console";
    const refused = /<Code>AccessDenied<\/Code>/.test(reply.body) && reply.status === 403;
    return {
      ...facts({ version: server.version }),
      product: "MinIO",
      confidence: refused || console ? 0.97 : 0.93,
      health: refused ? "protected" : reply.status === 503 ? "unhealthy" : "healthy",
      summary: `GET / answered ${reply.status}, Server MinIO${refused ? ", AccessDenied" : ""}`,
      metadata: { role: console ? "console" : "s3" },
    };
  },
};

const entry: CatalogEntry = {
  type: "minio",
  title: "MinIO",
  category: "storage",
  summary: "S3-compatible object storage",
  ports: [9000, 9001],
  scheme: "http",
  tlsScheme: "https",
  products: ["MinIO"],
  processes: ["minio"],
  http: [root],
  healthPaths: ["/minio/health/live", "/minio/health/ready"],
  examples: [
    {
      name: "S3 interface",
      path: "/",
      status: 403,
      headers: {
        server: "MinIO",
        "content-type": "application/xml",
        "x-amz-request-id": "17C1BC8B5F0A5A5E",
        "x-amz-id-2": "dd9025bab4ad464b049177c95eb6ebf374d3b3fd1af9251148b658df7ac2e3e8",
      },
      body: '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied.</Message><Resource>/</Resource><RequestId>17C1BC8B5F0A5A5E</RequestId><HostId>dd9025bab4ad464b049177c95eb6ebf374d3b3fd1af9251148b658df7ac2e3e8</HostId></Error>',
      expect: { product: "MinIO", health: "protected" },
    },
    {
      name: "of an age when it told its version",
      path: "/",
      status: 403,
      headers: { server: "MinIO/RELEASE.2021-06-17T00-10-46Z", "content-type": "application/xml" },
      body: '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied.</Message><Resource>/</Resource></Error>',
      expect: { product: "MinIO", version: "RELEASE.2021-06-17T00-10-46Z", health: "protected" },
    },
    {
      name: "console",
      path: "/",
      headers: { server: "MinIO Console", "content-type": "text/html" },
      body: '<!doctype html><html lang="en"><head><meta charset="utf-8"/><base href="/"/><title>MinIO Console</title>',
      expect: { product: "MinIO", health: "healthy" },
    },
  ],
};

export default entry;
