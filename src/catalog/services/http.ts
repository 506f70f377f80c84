import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { facts, quoted } from "../reading.ts";

/** The weakest of claims: it speaks HTTP. Whoever knows more wins over it by confidence. */
const root: HttpCheck = {
  path: "/",
  read({ status, headers }) {
    const [product, version] = (headers["server"] ?? "").split(/[ (]/)[0]?.split("/") ?? [];
    const named = headers["server"] === undefined ? "" : `, Server ${quoted(headers["server"])}`;
    return {
      ...facts({ product: product || undefined, version: version || undefined }),
      confidence: 0.5,
      summary: `GET / answered ${status}${named}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "http",
  title: "HTTP",
  category: "web",
  carrier: true,
  summary: "Any web server that no other entry knows",
  ports: [80, 443, 3000, 5000, 8000, 8080, 8081, 8443, 8888, 9000],
  tlsPorts: [443, 8443],
  dnsServices: ["_http._tcp", "_https._tcp"],
  scheme: "http",
  tlsScheme: "https",
  http: [root],
  healthPaths: ["/health", "/ready"],
  examples: [
    {
      name: "a server of one's own",
      path: "/",
      headers: { server: "Werkzeug/3.0.1 Python/3.11.2" },
      body: "hello",
      expect: { product: "Werkzeug", version: "3.0.1" },
    },
  ],
};

export default entry;
