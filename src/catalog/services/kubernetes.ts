import type { CatalogEntry, HttpCheck, HttpReply, Match } from "../../model/catalog.ts";
import { asObject, stringAt } from "../../model/json.ts";
import { wordAt } from "../http-reading.ts";
import { facts, quoted } from "../reading.ts";

/** Distributions that say so behind the version, as semantic versioning lets them. */
const DISTRIBUTIONS: Readonly<Record<string, string>> = { k3s: "K3s", rke2: "RKE2", k0s: "k0s" };

/** A refusal as every Kubernetes API server words it: k8s.io/apimachinery, meta/v1, Status. */
function refusal({ status, json }: HttpReply, path: string): Match | undefined {
  const reason = stringAt(json, "reason");
  if (status !== 401 && status !== 403) return undefined;
  if (stringAt(json, "kind") !== "Status" || stringAt(json, "apiVersion") !== "v1") return undefined;
  if (reason !== "Unauthorized" && reason !== "Forbidden") return undefined;
  if (asObject(json)?.["code"] !== status) return undefined;
  return {
    product: "Kubernetes",
    confidence: 0.95,
    health: "protected",
    summary: `GET ${path} answered ${status} with a Status, reason ${reason}`,
  };
}

const root: HttpCheck = { path: "/", read: (reply) => refusal(reply, "/") };

const version: HttpCheck = {
  path: "/version",
  read(reply) {
    const { status, json } = reply;
    const told = stringAt(json, "gitVersion");
    if (status !== 200 || told === undefined || !/^v?\d+\.\d+\.\d+/.test(told))
      return refusal(reply, "/version");
    if (stringAt(json, "major") === undefined || stringAt(json, "goVersion") === undefined) return undefined;
    return {
      ...facts({ version: wordAt(json, "gitVersion")?.replace(/^v/, "") }),
      product: DISTRIBUTIONS[/\+(k3s|rke2|k0s)/.exec(told)?.[1] ?? ""] ?? "Kubernetes",
      confidence: 0.98,
      health: "healthy",
      summary: `GET /version answered gitVersion ${quoted(told)}`,
    };
  },
};

const entry: CatalogEntry = {
  type: "kubernetes",
  title: "Kubernetes API",
  category: "orchestration",
  summary: "The API server of a Kubernetes cluster",
  ports: [6443, 8443, 16443],
  tlsPorts: [6443, 8443, 16443],
  scheme: "https",
  products: ["Kubernetes", "K3s", "RKE2", "k0s"],
  processes: ["kube-apiserver", "k3s-server", "k3s"],
  http: [root, version],
  healthPaths: ["/livez", "/readyz"],
  examples: [
    {
      name: "Kubernetes 1.29",
      path: "/version",
      headers: { "content-type": "application/json" },
      body: '{\n  "major": "1",\n  "minor": "29",\n  "gitVersion": "v1.29.2",\n  "gitCommit": "4b8e819355d791d96b7e9d9efe4cbafae2311c88",\n  "gitTreeState": "clean",\n  "buildDate": "2024-02-14T10:32:40Z",\n  "goVersion": "go1.21.7",\n  "compiler": "gc",\n  "platform": "linux/amd64"\n}',
      expect: { product: "Kubernetes", version: "1.29.2", health: "healthy" },
    },
    {
      name: "K3s",
      path: "/version",
      body: '{"major":"1","minor":"28","gitVersion":"v1.28.7+k3s1","gitCommit":"051b14b248655896fdfd7ba6c93db6182cde7431","gitTreeState":"clean","buildDate":"2024-02-29T21:00:00Z","goVersion":"go1.21.7","compiler":"gc","platform":"linux/amd64"}',
      expect: { product: "K3s", version: "1.28.7+k3s1" },
    },
    {
      name: "nobody may read the version",
      path: "/version",
      status: 401,
      headers: { "content-type": "application/json" },
      body: '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}\n',
      expect: { product: "Kubernetes", health: "protected" },
    },
    {
      name: "anonymous may not list paths",
      path: "/",
      status: 403,
      headers: { "content-type": "application/json" },
      body: '{\n  "kind": "Status",\n  "apiVersion": "v1",\n  "metadata": {},\n  "status": "Failure",\n  "message": "forbidden: User \\"system:anonymous\\" cannot get path \\"/\\"",\n  "reason": "Forbidden",\n  "details": {},\n  "code": 403\n}',
      expect: { product: "Kubernetes", health: "protected" },
    },
  ],
};

export default entry;
