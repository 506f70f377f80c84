import { fromLatin1, latin1 } from "../../model/bytes.ts";
import type { CatalogEntry, Probe, Reading } from "../../model/catalog.ts";
import { MORE, couldBe, facts, matched } from "../reading.ts";

// https://github.com/beanstalkd/beanstalkd/blob/master/doc/protocol.txt
const STATS = latin1("stats\r\n");
const QUIT = latin1("quit\r\n");
const LONGEST = 16_384;

const stats: Probe = {
  name: "stats",
  send: STATS,
  farewell: QUIT,
  read(reply, ended): Reading {
    if (!couldBe(reply, "OK ")) return undefined;
    const head = fromLatin1(reply.subarray(0, 16));
    const size = /^OK (\d{1,5})\r\n/.exec(head);
    if (size === null) return !ended && /^(?:O|OK|OK \d{0,5}\r?)$/.test(head) ? MORE : undefined;
    const end = size[0].length + Number(size[1]) + 2;
    if (Number(size[1]) > LONGEST) return undefined;
    if (reply.length < end) return ended ? undefined : MORE;
    const text = fromLatin1(reply.subarray(0, end));
    const value = (key: string): string | undefined =>
      new RegExp(`^${key}: "?([^"\\n]{1,60}?)"?$`, "m").exec(text)?.[1];
    const version = value("version");
    if (!text.endsWith("\r\n") || version === undefined || value("current-jobs-ready") === undefined)
      return undefined;
    const isDraining = value("draining") === "true";
    return matched({
      ...facts({ version: /^v?(\d[\w.+-]*)/.exec(version)?.[1] }),
      product: "beanstalkd",
      confidence: 0.98,
      health: isDraining ? "degraded" : "healthy",
      summary: `stats answered with ${size[1]} bytes of YAML${isDraining ? ": it takes no new jobs" : ""}`,
      metadata: { jobsReady: Number(value("current-jobs-ready")) || 0 },
    });
  },
};

const entry: CatalogEntry = {
  type: "beanstalkd",
  title: "beanstalkd",
  category: "queue",
  summary: "Work queue",
  ports: [11300],
  scheme: "beanstalkd",
  products: ["beanstalkd"],
  processes: ["beanstalkd"],
  probes: [stats],
  examples: [
    {
      name: "beanstalkd 1.12",
      probe: "stats",
      replies: [
        'OK 327\r\n---\ncurrent-jobs-urgent: 0\ncurrent-jobs-ready: 3\ncurrent-jobs-reserved: 0\ncurrent-jobs-delayed: 0\ncurrent-jobs-buried: 0\ncmd-put: 3\ncmd-stats: 1\njob-timeouts: 0\ntotal-jobs: 3\nmax-job-size: 65535\ncurrent-tubes: 1\ncurrent-connections: 1\npid: 812\nversion: "1.12"\nuptime: 94\ndraining: false\nid: 6c1d2f0e9a8b7c5d\nhostname: "queue1"\n\r\n',
      ],
      expect: { product: "beanstalkd", version: "1.12", health: "healthy" },
    },
    {
      name: "beanstalkd 1.13 in drain mode",
      probe: "stats",
      replies: [
        'OK 326\r\n---\ncurrent-jobs-urgent: 0\ncurrent-jobs-ready: 3\ncurrent-jobs-reserved: 0\ncurrent-jobs-delayed: 0\ncurrent-jobs-buried: 0\ncmd-put: 3\ncmd-stats: 1\njob-timeouts: 0\ntotal-jobs: 3\nmax-job-size: 65535\ncurrent-tubes: 1\ncurrent-connections: 1\npid: 812\nversion: "1.13"\nuptime: 94\ndraining: true\nid: 6c1d2f0e9a8b7c5d\nhostname: "queue1"\n\r\n',
      ],
      expect: { product: "beanstalkd", version: "1.13", health: "degraded" },
    },
  ],
};

export default entry;
