/** The first view: where to share, the link to copy, the QR code, the heart. */

import { copyField } from "./clipboard.js";
import { makeCode } from "./code.js";
import { GLYPHS } from "./glyphs.js";
import { makeInstance } from "./instance.js";
import { leadOutside, onActivation } from "./links.js";
import { draw, make } from "./nodes.js";
import { aim, PLATFORMS } from "./platforms.js";
import { encode } from "./qr.js";
import { put } from "./words.js";

/** @typedef {import("./panel.js").Panel} Panel */

const CONFIRMED_MS = 2000;

const DEFAULT_NAMES = "x,linkedin,reddit,hackernews,mastodon,bluesky,facebook,email";

/** @type {Set<string>} Pages liked since they were loaded; nothing is stored. */
const liked = new Set();

/**
 * @param {Panel} panel
 * @returns {import("./panel.js").View}
 */
export function makeHome(panel) {
  const copy = makeCopy(panel);
  const targets = make("ul", { class: "targets", role: "list" });
  for (const name of readNames(panel)) {
    if (!Object.hasOwn(PLATFORMS, name)) continue;
    targets.append(make("li", {}, makeTarget(panel, name, copy.run)));
  }
  const native = makeNative(panel);
  const extras = make("div", { class: "row" }, makeQr(panel), makeLike(panel));
  const node = make("div", {}, makeShares(panel), native ?? "", targets, copy.node, extras);
  const first = native ?? targets.querySelector("a,button") ?? copy.button;
  return { title: panel.words.title, node, first };
}

/**
 * Return the names of the platforms that the page asks for, or of eight, each once. They are the
 * page's: in an older form, or any other text, `constructor` too.
 *
 * @param {Panel} panel
 */
function readNames({ host }) {
  const names = (host.options.platforms || DEFAULT_NAMES).split(/[\s,]+/);
  return new Set(names.map((name) => (name === "twitter" ? "x" : name)));
}

/**
 * Return a target: a link where the platform has an address for shares, else a button.
 *
 * @param {Panel} panel
 * @param {string} name
 * @param {(platform: string) => Promise<boolean>} copy
 */
function makeTarget(panel, name, copy) {
  const { host, words } = panel;
  const { label = words.email, intent } = PLATFORMS[name];
  const glyph = draw(GLYPHS[/** @type {keyof typeof GLYPHS} */ (name)]);
  const face = [make("span", { class: "tile" }, glyph), make("span", { class: "label" }, label)];
  const attributes = { class: "target", part: "target", "data-platform": name };
  if (!intent || name === "mastodon") {
    const button = make("button", { ...attributes, type: "button" }, ...face);
    button.onclick = async () => {
      if (intent) panel.enter(makeInstance(panel), button);
      else if (await copy(name)) panel.say(put(words.paste, label));
    };
    return button;
  }
  const link = make("a", { ...attributes, rel: "noopener nofollow" }, ...face);
  if (name !== "email") leadOutside(link, words);
  const { url, title } = host.page();
  // A true address from the start, for the context menu; a share's own is made on the act.
  link.href = aim(intent, title, url);
  onActivation(link, () => {
    link.href = aim(intent, host.page().title, host.share(name).url);
  });
  return link;
}

/**
 * Return the button for the system's own share sheet: on phones, or where it is asked for.
 *
 * @param {Panel} panel
 */
function makeNative(panel) {
  const { host, words } = panel;
  const isPhone = matchMedia("(pointer: coarse) and (max-width: 480px)").matches;
  const isWanted = isPhone || readNames(panel).has("native");
  if (!isWanted || !navigator.share || !navigator.canShare?.(host.page())) return null;
  const attributes = { type: "button", class: "wide strong", "data-platform": "native" };
  const button = make("button", attributes, draw(GLYPHS.native), words.native);
  button.onclick = () => {
    const { title } = host.page();
    const { url } = host.share("native");
    // Refused when the visitor changes their mind; the panel stays for another try.
    navigator.share({ title, url }).then(() => panel.leave(), () => {});
  };
  return button;
}

/**
 * Return the row with the link and its button, and what copies for the platforms without address.
 *
 * @param {Panel} panel
 */
function makeCopy(panel) {
  const { host, words } = panel;
  const about = { class: "field", readonly: "", dir: "ltr", "aria-label": words.link };
  const field = make("input", about);
  field.value = host.page().url;
  field.onfocus = () => field.select();
  const button = make(
    "button",
    { type: "button", class: "strong", part: "copy", "data-platform": "copy_link" },
    draw(GLYPHS.link),
    words.copy,
  );
  /** @param {string} platform */
  const run = async (platform) => {
    field.value = host.share(platform).url;
    const isCopied = await copyField(field);
    if (!isCopied) panel.say(words.refused);
    return isCopied;
  };
  let timer = 0;
  button.onclick = async () => {
    if (!(await run("copy_link"))) return;
    button.style.minWidth = `${button.offsetWidth}px`; // the shorter word must not move the row
    button.replaceChildren(draw(GLYPHS.done), words.copied);
    panel.say(words.copied, true);
    clearTimeout(timer);
    timer = setTimeout(() => button.replaceChildren(draw(GLYPHS.link), words.copy), CONFIRMED_MS);
  };
  return { node: make("div", { class: "row" }, field, button), button, run };
}

/** @param {Panel} panel */
function makeQr(panel) {
  const { host, words } = panel;
  const button = make("button", { type: "button", class: "plain" }, draw(GLYPHS.qr), words.qr);
  /** @type {import("./panel.js").View | undefined} Coming back to the code is not another share. */
  let view;
  button.onclick = () => {
    view ??= makeCode(panel, host.share("copy_link").url);
    panel.enter(view, button);
  };
  // A link's id makes it some sixteen characters longer.
  button.hidden = !encode(`${host.page().url}?via=12345678901`);
  return button;
}

/**
 * Return the heart, or an empty text where it would not be counted: without a service, and for
 * visitors who wish not to be.
 *
 * @param {Panel} panel
 */
function makeLike(panel) {
  const { host, words } = panel;
  const { counts, service } = host.options;
  const { doNotTrack, globalPrivacyControl } = /** @type {any} */ (navigator);
  if (!service || doNotTrack === "1" || globalPrivacyControl) return "";
  const { url } = host.page();
  const button = make("button", { type: "button", class: "plain" });
  const paint = () => {
    const isLiked = liked.has(url);
    const likes = counts ? counts.likes + (isLiked ? 1 : 0) : 0;
    button.setAttribute("aria-pressed", `${isLiked}`);
    button.replaceChildren(draw(GLYPHS.heart), isLiked ? words.liked : words.like);
    if (likes) button.append(make("span", { class: "small" }, format(likes, panel)));
  };
  button.onclick = () => {
    if (liked.has(url)) return;
    liked.add(url);
    host.send("like");
    paint();
  };
  paint();
  return button;
}

/** @param {Panel} panel */
function makeShares(panel) {
  const shares = panel.host.options.counts?.shares;
  if (!shares) return "";
  const text = put(panel.words.shares, format(shares, panel));
  return make("p", { class: "small shares" }, text);
}

/**
 * @param {number} value
 * @param {Panel} panel
 */
function format(value, { lang }) {
  return value.toLocaleString(lang, { notation: "compact" });
}
