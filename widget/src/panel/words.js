/** The panel's words: English is built in, other languages are loaded when a page speaks them. */

import english from "../words/en.json";

/** @typedef {typeof english} Words */

/** Each has a file `words.LANG.js` beside the panel. */
const OTHERS = "ar de es fr he hi it ja ko nl pl pt ru tr uk zh".split(" ");
const RIGHT_TO_LEFT = ["ar", "he"];
const PATIENCE_MS = 1500;

/** This script's own element; what let it in lets in its words. */
const own = /** @type {HTMLScriptElement | null} */ (document.currentScript);

/** @type {Map<string, Words>} */
const known = new Map([["en", english]]);

/** @type {Map<string, () => void>} What goes on when a language has arrived. */
const waiting = new Map();

/**
 * Take the words of a language; each `words.LANG.js` calls this.
 *
 * @param {string} lang
 * @param {Words} table
 */
export function receiveWords(lang, table) {
  known.set(lang, { ...english, ...table });
  waiting.get(lang)?.();
}

/**
 * Call back, once, with the words of the wanted language, or English where it cannot be had. It is
 * called at once when nothing has to be loaded.
 *
 * @param {string} wanted  a language tag
 * @param {string} source  the folder of the words' files
 * @param {(words: Words, lang: string, direction: string) => void} use
 */
export function withWords(wanted, source, use) {
  const lang = wanted.toLowerCase().split(/[-_]/)[0];
  let isUsed = false;
  const go = () => {
    if (isUsed) return;
    isUsed = true;
    const found = known.get(lang);
    const direction = found && RIGHT_TO_LEFT.includes(lang) ? "rtl" : "ltr";
    use(found ?? english, found ? lang : "en", direction);
  };
  if (known.has(lang) || !OTHERS.includes(lang)) return go();
  waiting.set(lang, go);
  setTimeout(go, PATIENCE_MS);
  try {
    const script = document.createElement("script");
    script.onerror = go;
    script.nonce = own?.nonce ?? "";
    script.crossOrigin = own?.crossOrigin ?? null;
    script.src = `${source}words.${lang}.js`; // throws where a page demands trusted types
    document.head.append(script);
  } catch {
    go();
  }
}

/**
 * Put a name or number into a sentence.
 *
 * @param {string} sentence
 * @param {string} value
 */
export const put = (sentence, value) => sentence.replace("{}", () => value);
