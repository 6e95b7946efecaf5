// Finds pages in the site's own index (generator/assets/search.py writes it; words.py names the
// rules that `wordsOf` repeats). A module that search.js loads on first use. Only the shards of the
// typed words are fetched, and excerpts come from the pages that are about to be shown.

const MOST_PAGES = 12;
const EXCERPT_LENGTH = 160;
const LARGEST_PAGE_BYTES = 800000;
// How much a page is about a term, by the level in its posting: text 0–4, heading 5–6, title 7.
const LEVEL_WEIGHTS = [0.25, 0.45, 0.65, 0.8, 0.95, 1.6, 1.9, 3];

// Terms

const SIGNS =
  "\\u0300-\\u036f\\u0483-\\u0487\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7" +
  "\\u0610-\\u061a\\u064b-\\u065f\\u0670\\u06d6-\\u06dc\\u0900-\\u0963\\u0971-\\u0df3\\u0e31" +
  "\\u0e34-\\u0e3a\\u0e47-\\u0e4e\\u0eb1-\\u0ebc\\u0ec8-\\u0ecd\\u0f18-\\u0fbc\\u102b-\\u103e" +
  "\\u17b4-\\u17d3";
const UNSPACED =
  "\\u0e00-\\u0e7f\\u0e80-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u2e80-\\u2fdf\\u3005-\\u3007" +
  "\\u3040-\\u30ff\\u31f0-\\u31ff\\u3400-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
const WORD = new RegExp(`[\\p{L}\\p{N}${SIGNS}]+`, "gu");
const RUNS = new RegExp(`[${UNSPACED}]+|[^${UNSPACED}]+`, "gu");
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, "u");
const STRIPPED = new RegExp(
  "[\\u0300-\\u036f\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7\\u0610-\\u061a\\u0640" +
    "\\u064b-\\u065f\\u0670]+",
  "gu",
);
const LETTERS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ı: "i", ς: "σ" };

export function fold(text) {
  const lower = text.normalize("NFKD").toLowerCase();
  const plain = lower.replace(/[ßæœøłđıς]/g, (letter) => LETTERS[letter]);
  return plain.replace(STRIPPED, "").normalize("NFC");
}

// Returns the words to look up: `text`, whether longer words count too, and whether it is a run
// without spaces, which is found by its pairs of characters.
export function wordsOf(query) {
  const runs = (fold(query).match(WORD) || []).flatMap((word) => word.match(RUNS));
  const isOpen = /[\p{L}\p{N}\p{M}]$/u.test(query);
  return runs.slice(0, 12).map((text, place) => {
    const isUnspaced = IS_UNSPACED.test(text);
    const isLast = isOpen && place === runs.length - 1;
    return { text, isUnspaced, isPrefix: isLast && (!isUnspaced || [...text].length === 1) };
  });
}

export function pairsOf(run) {
  const characters = [...run];
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, place) => characters[place] + character);
}

// Edit distance with swaps of neighbours, or `limit + 1` when it is more than `limit`.
export function distance(one, two, limit) {
  if (Math.abs(one.length - two.length) > limit) return limit + 1;
  let before = [];
  let last = Array.from({ length: two.length + 1 }, (_, place) => place);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= two.length; j++) {
      const isSame = one[i - 1] === two[j - 1];
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (isSame ? 0 : 1));
      const isSwap = i > 1 && j > 1 && one[i - 1] === two[j - 2] && one[i - 2] === two[j - 1];
      if (isSwap) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    if (Math.min(...row) > limit) return limit + 1;
    before = last;
    last = row;
  }
  return last[two.length];
}

// Index

/** Opens the index that `manifest` describes; `root` is the URL of the site's root. */
export function openIndex(manifest, root) {
  const loaded = new Map();
  const load = (path) => {
    if (!loaded.has(path)) {
      const answer = fetchOk(new URL(path, root)).then((response) => response.json());
      answer.catch(() => loaded.delete(path));
      loaded.set(path, answer);
    }
    return loaded.get(path);
  };
  const index = { ...manifest, load };
  return {
    find: (query) => find(index, query),
    sectionsOf: (url, match) => sectionsOf(new URL(url, root), match),
  };
}

async function fetchOk(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${response.status} for ${url}`);
  return response;
}

function isBefore(one, two) {
  const [left, right] = [[...one], [...two]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return left[i].codePointAt(0) < right[i].codePointAt(0);
  }
  return left.length < right.length;
}

// Returns the numbers of the shards that hold `text` and what begins with it, at most `most`.
function shardsOf(starts, text, most) {
  let first = starts.findIndex((start) => isBefore(text, start));
  first = Math.max(0, (first < 0 ? starts.length : first) - 1);
  const numbers = starts.length ? [first] : [];
  for (let next = first + 1; next < starts.length && numbers.length < most; next++) {
    if (!starts[next].startsWith(text)) break;
    numbers.push(next);
  }
  return numbers;
}

async function collect(index, text, most, weigh) {
  const numbers = shardsOf(index.starts, text, most);
  const shards = await Promise.all(numbers.map((number) => index.load(index.terms[number])));
  const found = [];
  for (const [terms, postings] of shards) {
    const postingsOf = postings.split(" ");
    terms.split(" ").forEach((term, place) => {
      const weight = weigh(term);
      if (weight > 0) found.push({ term, weight, postings: postingsOf[place] });
    });
  }
  return found;
}

// Returns the index terms a word stands for, each with a weight: itself, longer words that
// begin with it, and, when there are none, words a slip of the keyboard away.
async function expand(index, { text, isPrefix }) {
  const begins = (term) => (term.startsWith(text) ? 0.4 + (0.4 * text.length) / term.length : 0);
  const exactly = (term) => (term === text ? 1 : 0);
  const weigh = (term) => exactly(term) || (isPrefix ? begins(term) : 0);
  let found = await collect(index, text, isPrefix ? 3 : 1, weigh);
  if (!found.length && !isPrefix) found = await collect(index, text, 2, begins);
  if (!found.length && text.length >= 4) {
    const limit = text.length < 8 ? 1 : 2;
    const slips = (term) => {
      const whole = distance(text, term, limit);
      const start = isPrefix ? distance(text, term.slice(0, text.length), limit) : limit + 1;
      const slip = Math.min(whole, start + 0.5);
      return slip <= limit ? 0.5 / (slip + 0.5) : 0;
    };
    found = await collect(index, text.slice(0, 2), 5, slips);
    const closest = found.reduce((most, { weight }) => Math.max(most, weight), 0);
    found = found.filter(({ weight }) => weight >= closest * 0.6);
  }
  return found.sort((one, two) => two.weight - one.weight).slice(0, 60);
}

function digit(code) {
  return code - 33 - (code > 34) - (code > 92);
}

// Returns page → score of one word, and the terms it stood for.
async function score(index, word) {
  const terms = await expand(index, word);
  const pages = new Map();
  for (const { weight, postings } of terms) {
    const count = postings.length / index.width;
    const rarity = Math.log(1 + (index.count - count + 0.5) / (count + 0.5));
    for (let place = 0; place < postings.length; place += index.width) {
      let number = 0;
      for (let i = 0; i < index.width; i++) {
        number = number * 92 + digit(postings.charCodeAt(place + i));
      }
      const value = weight * (rarity + 0.1) * LEVEL_WEIGHTS[number % 8];
      const page = Math.floor(number / 8);
      pages.set(page, Math.max(pages.get(page) || 0, value));
    }
  }
  return { pages, terms: terms.map(({ term }) => term) };
}

// A run without spaces is on a page when all its pairs are; its terms are its own characters.
async function scoreRun(index, word) {
  const pairs = pairsOf(word.text);
  const isPrefix = pairs.length === 1 && word.isPrefix;
  const scores = await Promise.all(pairs.map((text) => score(index, { text, isPrefix })));
  const pages = new Map();
  for (const [page, value] of scores[0].pages) {
    if (scores.every((pair) => pair.pages.has(page))) {
      pages.set(page, scores.reduce((sum, pair) => sum + pair.pages.get(page), value) / 2);
    }
  }
  return { pages, terms: [word.text] };
}

/** Returns the best pages, how many there are in all, and what marks the words in a text. */
async function find(index, query) {
  const words = wordsOf(query);
  const scores = await Promise.all(
    words.map((word) => (word.isUnspaced ? scoreRun : score)(index, word)),
  );
  const totals = new Map();
  for (const { pages } of scores) {
    for (const [page, value] of pages) {
      const total = totals.get(page) || { value: 0, words: 0 };
      totals.set(page, { value: total.value + value, words: total.words + 1 });
    }
  }
  // A page with all the words stands above every page that lacks one, as far as there is one.
  let complete = 0;
  for (const total of totals.values()) complete = Math.max(complete, total.words);
  const ranked = [...totals]
    .filter(([, total]) => total.words === complete)
    .sort(([one, a], [two, b]) => b.value - a.value || one - two);
  const best = ranked.slice(0, MOST_PAGES);
  const pages = await Promise.all(best.map(([page, { value }]) => describe(index, page, value)));
  const match = matcher(words, scores);
  return {
    all: ranked.length,
    pages: preferTitles(pages, query).map((page) => {
      return { ...page, marked: marked(page.title, match(page.title)) };
    }),
    match,
  };
}

async function describe(index, number, value) {
  const shard = await index.load(index.pages[Math.floor(number / index.perPages)]);
  const [url, title, kind] = shard[number % index.perPages];
  return { url, title, kind: index.kinds[kind], value };
}

function preferTitles(pages, query) {
  const wanted = fold(query.trim());
  const value = (page) => {
    const title = fold(page.title);
    return page.value * (title === wanted ? 2 : title.startsWith(wanted) ? 1.3 : 1);
  };
  return pages.map((page) => [value(page), page]).sort(([a], [b]) => b - a).map(([, page]) => page);
}

// Excerpts

// Returns a function from a text to the places of the found words: [start, end, word number].
function matcher(words, scores) {
  const terms = scores.map((each) => new Set(each.terms));
  const known = new Map();
  const numberOf = (token) => {
    if (!known.has(token)) {
      const folded = fold(token);
      known.set(token, terms.findIndex((set, place) => {
        const { text, isUnspaced, isPrefix } = words[place];
        return !isUnspaced && (set.has(folded) || (isPrefix && folded.startsWith(text)));
      }));
    }
    return known.get(token);
  };
  const runs = words.map(({ text, isUnspaced }) => (isUnspaced ? text : ""));
  return (text) => {
    const places = [];
    for (const match of text.matchAll(WORD)) {
      for (const part of match[0].matchAll(RUNS)) {
        const start = match.index + part.index;
        const number = numberOf(part[0]);
        if (number >= 0) places.push([start, start + part[0].length, number]);
        else if (IS_UNSPACED.test(part[0])) runs.forEach((run, place) => {
          const inside = run ? part[0].toLowerCase().indexOf(run) : -1;
          if (inside >= 0) places.push([start + inside, start + inside + run.length, place]);
        });
      }
    }
    return places.sort(([one], [two]) => one - two);
  };
}

const LEFT_OUT = "script,style,nav,template,svg,button,select,[hidden],[data-search-skip]," +
  "[aria-hidden=true],annotation";
const INLINE = /^(A|ABBR|B|CODE|DEL|EM|I|INS|KBD|MARK|S|SMALL|SPAN|STRONG|SUB|SUP|U|VAR)$/;

/** Returns the sections of a page that match best, each with the pieces of its excerpt. */
async function sectionsOf(url, match) {
  const page = await fetchPage(url);
  if (!page) return [];
  const body = page.querySelector("[data-search-body]") || page.querySelector("main") || page.body;
  return choose(cut(body), match).map(({ section, inTitle, inText }) => ({
    anchor: section.anchor,
    title: marked(section.title, inTitle),
    excerpt: inText.length || !section.anchor ? excerpt(section.text, inText) : [],
  }));
}

// Returns the parsed page, or null when it is too large to fetch for three lines of text. Old
// XMLHttpRequest parses by itself, where a policy of trusted types forbids DOMParser.
function fetchPage(url) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "document";
    request.onload = () => resolve(request.responseXML);
    request.onerror = reject;
    request.onabort = () => resolve(null);
    request.onprogress = ({ loaded }) => loaded > LARGEST_PAGE_BYTES && request.abort();
    request.send();
  });
}

// Cuts a page at its headings. What stands under the page's own title has no anchor.
function cut(body) {
  const sections = [{ anchor: "", title: "", text: "" }];
  const walk = (node) => {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) sections.at(-1).text += child.data;
      if (child.nodeType !== Node.ELEMENT_NODE || child.matches(LEFT_OUT)) continue;
      if (/^H[1-6]$/.test(child.tagName)) {
        const anchor = child.id || child.querySelector("[id]")?.id || "";
        const isTitle = child.tagName === "H1" || !anchor;
        const title = squeeze(child.textContent);
        sections.push({ anchor: isTitle ? "" : anchor, title, text: "" });
        continue;
      }
      const gap = INLINE.test(child.tagName) ? "" : " ";
      sections.at(-1).text += gap;
      walk(child);
      sections.at(-1).text += gap;
    }
  };
  walk(body);
  return sections.map((section) => ({ ...section, text: squeeze(section.text) }));
}

function squeeze(text) {
  return text.replace(/\s+/g, " ").trim();
}

// Returns the page's sections that match best, and an excerpt with marks for each.
function choose(sections, match) {
  const rated = sections.map((section) => {
    const inTitle = match(section.title);
    const inText = match(section.text);
    const distinct = new Set([...inTitle, ...inText].map(([, , word]) => word)).size;
    const value = distinct * 10 + Math.min(inTitle.length, 3) * 4 + Math.min(inText.length, 5);
    return { section, value: distinct && value, inTitle, inText };
  });
  rated.sort((one, two) => two.value - one.value);
  const least = rated[0].value * 0.7;
  return rated.filter(({ value }) => value && value >= least).slice(0, 3);
}

// Returns the stretch of `text` that holds most different words, as pieces like `marked`'s.
function excerpt(text, places) {
  let [best, most] = [0, 0];
  places.slice(0, 200).forEach(([start], index) => {
    const near = places.slice(index, index + 20).filter(([, end]) => end <= start + 120);
    const count = new Set(near.map(([, , word]) => word)).size * 100 + near.length;
    if (count > most) [best, most] = [start, count];
  });
  let from = Math.max(0, best - 40);
  if (from) from = Math.min(best, text.indexOf(" ", from) + 1 || best);
  let to = Math.min(text.length, from + EXCERPT_LENGTH);
  if (to < text.length) to = Math.max(text.lastIndexOf(" ", to), from + EXCERPT_LENGTH / 2);
  const part = marked(text.slice(from, to), places.map(([a, b]) => [a - from, b - from]));
  return [[from ? "… " : "", false], ...part, [to < text.length ? " …" : "", false]];
}

// Returns the text as pieces: [text, whether it is a found word].
function marked(text, places) {
  const pieces = [];
  let end = 0;
  for (const [start, stop] of places) {
    if (start < end || stop > text.length) continue;
    pieces.push([text.slice(end, start), false], [text.slice(start, stop), true]);
    end = stop;
  }
  return [...pieces, [text.slice(end), false]];
}
