// Lays out the files of widget/dist as the service serves them: `node build.mjs [FOLDER]`. The same
// names and headers, and the same version in the names, as backend/web/widget.py makes.

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const DIST = join(HERE, "..", "dist");
const FOREVER = "max-age=31536000, public, immutable";
const SHORT = "max-age=300, public";
const SERVED = /^(widget|panel|words\.[\w-]+)\.js$/;

/** Return the built files by name, in the order of their names. */
async function readFiles() {
  const names = (await readdir(DIST)).filter((name) => SERVED.test(name)).sort();
  return Promise.all(names.map(async (name) => [name, await readFile(join(DIST, name))]));
}

/** Return the version that these files are together. */
function versionOf(files) {
  const together = createHash("sha256");
  for (const [name, content] of files) {
    together.update(`${name}\0`).update(createHash("sha256").update(content).digest());
  }
  return together.digest("hex").slice(0, 16);
}

/** Return pairs of path, content and how long it may be kept. */
function layOut(files) {
  const version = versionOf(files);
  const laid = [];
  for (const [name, content] of files) {
    const stem = name.slice(0, -".js".length);
    const hashed = name === "widget.js" ? version : `${stem}.${version}`;
    laid.push([`/widget/${hashed}.js`, content, FOREVER], [`/${name}`, content, SHORT]);
    if (name.startsWith("words.")) laid.push([`/widget/${name}`, content, SHORT]);
  }
  const core = files.find(([name]) => name === "widget.js")[1];
  const integrity = `sha384-${createHash("sha384").update(core).digest("base64")}`;
  const described = JSON.stringify({ url: `/widget/${version}.js`, integrity });
  return [...laid, ["/widget/integrity.json", described, SHORT]];
}

/** Return the file in which Cloudflare looks for headers. */
function writeHeaders(laid) {
  const rules = laid.map(([path, , kept]) => `${path}\n  Cache-Control: ${kept}\n`);
  const shared = [
    "Access-Control-Allow-Origin: *",
    "Cross-Origin-Resource-Policy: cross-origin",
    "X-Content-Type-Options: nosniff",
  ];
  return `/*\n${shared.map((line) => `  ${line}\n`).join("")}${rules.join("")}`;
}

const folder = process.argv[2] ?? join(HERE, "assets");
const laid = layOut(await readFiles());
await rm(folder, { recursive: true, force: true });
for (const [path, content] of laid) {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}
await writeFile(join(folder, "_headers"), writeHeaders(laid));
