// The edge worker in the real runtime: `node edge_worker.mjs ASSETS '{"SERVICE_URL": …}' [queue]`
// prints its address and serves until its input ends. Its settings are those of wrangler.jsonc.

import { dirname, join } from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const EDGE = join(HERE, "..", "..", "widget", "edge");
const require = createRequire(join(HERE, "node", "package.json"));
const { Miniflare } = require("miniflare");
const { unstable_getMiniflareWorkerOptions: readOptions } = require("wrangler");

const [assets, bindings, queue] = process.argv.slice(2);
const overrides = { assets: { directory: assets } };
const { workerOptions, main } = readOptions(join(EDGE, "wrangler.jsonc"), undefined, { overrides });
const queues = {
  queueProducers: { COLLECT_QUEUE: { queueName: "foursite-collect" } },
  queueConsumers: {
    "foursite-collect": { maxBatchSize: 100, maxBatchTimeout: 0.2, maxRetries: 100 },
  },
};
const miniflare = new Miniflare({
  ...workerOptions,
  ...(queue ? queues : {}),
  bindings: { ...workerOptions.bindings, ...JSON.parse(bindings) },
  modules: true,
  modulesRules: [{ type: "ESModule", include: ["**/*.js"] }],
  scriptPath: main,
  host: "127.0.0.1",
  port: 0,
  cf: false,
});
const url = await miniflare.ready;
console.log(`listening on ${url.origin}`);
for await (const _ of process.stdin);
await miniflare.dispose();
