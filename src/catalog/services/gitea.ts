import type { CatalogEntry, HttpCheck } from "../../model/catalog.ts";
import { stringAt } from "../../model/json.ts";
import { FITS, hasOnly, wordAt } from "../http-reading.ts";
import { facts, quoted } from "../reading.ts";

/** The name that the page's author field begins with, until somebody changes it. */
const AUTHOR = /<meta name="author" content="(Gitea|Forgejo)\b[^"]{0,200}"/;
/** The session cookie's name by default; Forgejo kept it. */
const COOKIE = /(?:^|[\s,;])i_like_gitea=/;

const root: HttpCheck = {
  path: "/",
  read({ status, headers, body }) {
    const author = AUTHOR.exec(body)?.[1];
    const cookie = COOKIE.test(headers["set-cookie"] ?? "");
    if (author === undefined && !cookie) return undefined;
    return {
      ...facts({ product: author }),
      confidence: cookie ? 0.96 : 0.9,
      health: status === 200 ? "healthy" : "unknown",
      summary: `GET / answered ${cookie ? "with the cookie i_like_gitea" : `as written by ${author}`}`,
    };
  },
};

const version: HttpCheck = {
  path: "/api/v1/version",
  read({ status, json }) {
    const found = wordAt(json, "version");
    if (status !== 200 || found === undefined || !hasOnly(json, "version")) return undefined;
    const told = stringAt(json, "version") ?? "";
    if (!/^v?\d+\.\d+\.\d+/.test(told)) return undefined;
    // Forgejo tells the Gitea that it is as good as: 7.0.1+gitea-1.22.0
    const forgejo = /\+gitea-\d/.test(told);
    return {
      ...facts({ product: forgejo ? "Forgejo" : undefined }),
      version: found,
      confidence: forgejo ? 0.93 : FITS,
      summary: `GET /api/v1/version answered ${quoted(told)}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "gitea",
  title: "Gitea",
  category: "web",
  summary: "Git server; Forgejo is its fork",
  ports: [3000],
  scheme: "http",
  tlsScheme: "https",
  products: ["Gitea", "Forgejo"],
  processes: ["gitea", "forgejo"],
  http: [root, version],
  healthPaths: ["/api/healthz"],
  examples: [
    {
      name: "Gitea 1.21",
      path: "/",
      headers: {
        "set-cookie":
          "i_like_gitea=5f1d0b2c3a4e5d6f; Path=/; HttpOnly; SameSite=Lax, _csrf=abc; Path=/; HttpOnly; SameSite=Lax",
        "content-type": "text/html; charset=utf-8",
      },
      body: '<!DOCTYPE html>\n<html lang="en-US" class="theme-auto">\n<head>\n\t<title>Gitea: Git with a cup of tea</title>\n\t<meta name="author" content="Gitea - Git with a cup of tea">\n',
      expect: { product: "Gitea", health: "healthy" },
    },
    {
      name: "Forgejo",
      path: "/",
      headers: { "content-type": "text/html; charset=utf-8" },
      body: '<!DOCTYPE html>\n<html lang="en-US">\n<head>\n\t<title>Forgejo: Beyond coding. We Forge.</title>\n\t<meta name="author" content="Forgejo – Beyond coding. We Forge.">\n',
      expect: { product: "Forgejo", health: "healthy" },
    },
    {
      name: "Gitea 1.21",
      path: "/api/v1/version",
      headers: { "content-type": "application/json;charset=utf-8" },
      body: '{"version":"1.21.7"}',
      expect: { version: "1.21.7" },
    },
    {
      name: "Forgejo 7",
      path: "/api/v1/version",
      body: '{"version":"7.0.1+gitea-1.22.0"}',
      expect: { product: "Forgejo", version: "7.0.1+gitea-1.22.0" },
    },
  ],
};

export default entry;
