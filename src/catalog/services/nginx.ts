import type { CatalogEntry, HttpCheck, HttpReply, Match } from "../../model/catalog.ts";
import { WANTS_CERTIFICATE } from "../../model/client-certificate.ts";
import { serverNamed, titleOf } from "../http-reading.ts";
import { facts } from "../reading.ts";

/** The `Server` names of nginx and of what is built from it. */
const NAMES: Readonly<Record<string, string>> = {
  nginx: "nginx",
  openresty: "OpenResty",
  Tengine: "Tengine",
  freenginx: "freenginx",
};

/** Its welcome page, or one of its built-in error pages, which end with its name under a rule. */
function isItsOwnPage(reply: HttpReply): boolean {
  return (
    titleOf(reply) === "Welcome to nginx!" ||
    /<hr><center>(nginx|openresty)[^<]{0,40}<\/center>/.test(reply.body)
  );
}

/**
 * Its word to a client without a certificate, where `ssl_verify_client` is on: 496 in its own count, of which it tells
 * the client 400 unless an `error_page` says otherwise (ngx_http_ssl_module).
 */
function wantsCertificate({ status, body }: HttpReply): boolean {
  if (status === 495 || status === 496) return true;
  return status === 400 && /<title>400 No required SSL certificate was sent<\/title>/.test(body);
}

function unauthenticated({ status }: HttpReply, product: string, version: string | undefined): Match {
  const summary = `GET / answered ${status}: ${WANTS_CERTIFICATE}`;
  return { ...facts({ version }), product, confidence: 0.95, health: "protected", summary };
}

const root: HttpCheck = {
  path: "/",
  read(reply) {
    for (const [name, product] of Object.entries(NAMES)) {
      const server = serverNamed(reply, name);
      if (server === undefined) continue;
      if (wantsCertificate(reply)) return unauthenticated(reply, product, server.version);
      const own = isItsOwnPage(reply);
      return {
        ...facts({ version: server.version }),
        product,
        confidence: own ? 0.95 : 0.8,
        summary: `GET / answered ${reply.status}, Server ${name}${own ? ", with a page of its own" : ""}`,
      };
    }
    return undefined;
  },
};

const entry: CatalogEntry = {
  type: "nginx",
  title: "nginx",
  category: "web",
  carrier: true,
  summary: "Web server and reverse proxy",
  ports: [80, 443, 8080, 8443],
  tlsPorts: [443, 8443],
  scheme: "http",
  tlsScheme: "https",
  products: ["nginx", "OpenResty", "Tengine", "freenginx"],
  processes: ["nginx", "openresty"],
  http: [root],
  examples: [
    {
      name: "welcome page of nginx 1.22.1",
      path: "/",
      headers: { server: "nginx/1.22.1", "content-type": "text/html" },
      body: "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n<style>\nhtml { color-scheme: light dark; }\nbody { width: 35em; margin: 0 auto;\nfont-family: Tahoma, Verdana, Arial, sans-serif; }\n</style>\n</head>\n<body>\n<h1>Welcome to nginx!</h1>\n",
      expect: { product: "nginx", version: "1.22.1" },
    },
    {
      name: "nothing to show, and no version told",
      path: "/",
      status: 403,
      headers: { server: "nginx", "content-type": "text/html" },
      body: "<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n<center><h1>403 Forbidden</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
      expect: { product: "nginx" },
    },
    {
      name: "a client certificate is wanted, and none was sent",
      path: "/",
      status: 400,
      headers: { server: "nginx/1.22.1", "content-type": "text/html" },
      body: "<html>\r\n<head><title>400 No required SSL certificate was sent</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n<center>No required SSL certificate was sent</center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n",
      expect: { product: "nginx", version: "1.22.1", health: "protected" },
    },
    {
      name: "somebody's site on OpenResty",
      path: "/",
      headers: { server: "openresty/1.21.4.1" },
      body: "<!doctype html><title>Shop</title>",
      expect: { product: "OpenResty", version: "1.21.4.1" },
    },
  ],
};

export default entry;
