// Makes widget/dist from widget/src: `node build.mjs [FOLDER]`. The same sources give the same
// bytes; esbuild is pinned by the lock.

import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const SOURCE = join(HERE, "src");

/** What a script is made from: the widget, the panel it loads, the ping without a button. */
const ENTRIES = { widget: "element.js", panel: "panel/main.js", ping: "ping.js" };

/** Browsers of the last three years, with months to spare. */
const TARGET = ["es2022", "chrome115", "firefox115", "safari16.4"];

/** Style sheets are imported as text, without what only people read. */
const STYLES = {
  name: "styles",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const { code } = await transform(text, { loader: "css", minify: true, target: TARGET });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

/** Return pairs of a language and its words, in the order of the languages' names. */
async function readWords() {
  const folder = join(SOURCE, "words");
  const files = (await readdir(folder)).filter((file) => file.endsWith(".json")).sort();
  return Promise.all(
    files.map(async (file) => [
      file.slice(0, -".json".length),
      JSON.parse(await readFile(join(folder, file), "utf8")),
    ]),
  );
}

/** Let a script with letters beyond ASCII say that it is UTF-8: not every host names a charset. */
const markCharset = (code) => (/^[\0-\x7F]*$/.test(code) ? code : `\uFEFF${code}`);

/** Return the code of one script. */
async function bundle(entry, labels) {
  const { outputFiles } = await build({
    entryPoints: [join(SOURCE, entry)],
    bundle: true,
    minify: true,
    format: "iife",
    target: TARGET,
    charset: "utf8",
    legalComments: "none",
    // A tsconfig.json in a folder above the checkout is none of ours.
    tsconfigRaw: {},
    define: { __LABELS__: JSON.stringify(labels) },
    plugins: [STYLES],
    write: false,
  });
  return markCharset(outputFiles[0].text.trim());
}

/** Return the script that hands a language's words to the panel. */
async function wrapWords(language, table) {
  const [name, words] = [language, table].map((value) => JSON.stringify(value));
  const call = `customElements.get("foursite-share")?.words?.(${name},${words});`;
  return markCharset((await transform(call, { minify: true, charset: "utf8" })).code);
}

/** Return the files of the distribution by name. */
async function makeFiles() {
  const words = await readWords();
  // The button has its word before the panel brings the others.
  const labels = Object.fromEntries(words.map(([language, table]) => [language, table.share]));
  const files = new Map();
  for (const [name, entry] of Object.entries(ENTRIES)) {
    files.set(`${name}.js`, await bundle(entry, labels));
  }
  for (const [language, table] of words) {
    if (language !== "en") files.set(`words.${language}.js`, await wrapWords(language, table));
  }
  return files;
}

/** Bring a folder to hold these files and no others; each is whole at any moment. */
async function writeFiles(folder, files) {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of files) {
    const draft = join(folder, `.${name}.${process.pid}`);
    await writeFile(draft, text);
    await rename(draft, join(folder, name));
  }
  for (const name of await readdir(folder)) {
    if (name.endsWith(".js") && !files.has(name)) await rm(join(folder, name));
  }
}

await writeFiles(process.argv[2] ?? join(HERE, "dist"), await makeFiles());
