/**
 * `<foursite-share>`: a share button, in the text or floating. This is the widget's entry point;
 * it starts the ping too. Nothing here may throw into the page, move its content or restyle it.
 *
 * The panel is a script of its own, loaded when the button is first pressed. The two meet here:
 *
 * - The panel sets `customElements.get("foursite-share").panel = (host) => …`. It is called each
 *   time the panel opens, draws into `host.root` and returns `{ close(), focus() }`.
 * - The script of a language calls `customElements.get("foursite-share").words(lang, table)`,
 *   which the panel has set before it loads one.
 *
 * @typedef {object} Host
 * @property {ShadowRoot} root  open; the button is in it
 * @property {HTMLButtonElement} button
 * @property {import("./settings.js").Options} options  read when the element is first connected
 * @property {() => { url: string, title: string }} page  the page's own address, without `via`
 * @property {(platform: string) => Link} share  a share is made: counts it, tells the page by the
 *   event `foursite:share`, and returns what to share
 * @property {(type: string) => void} send  `like` or `powered`
 * @property {string} src  folder of the panel's script, with a slash at its end
 * @property {(css: string) => void} style  adds a style sheet to the root
 * @property {() => void} closed  the panel has closed by itself
 *
 * @typedef {{ id: string | null, url: string }} Link  bare and without id where nothing is counted
 */

// In the order that compresses best: the bundle has the modules in it.
import { watchClicks } from "./clicks.js";
import { makeLink, readPage } from "./page.js";
import { loadPanel } from "./loader.js";
import { fallBack } from "./fallback.js";
import { draw, label } from "./button.js";
import css from "./pill.css";
import { findPanel, read, readOptions, service, site } from "./settings.js";
import { guard, send, start } from "./core.js";
import { askCounts } from "./counts.js";

const TAG = "foursite-share";

/** Made before the first element, in tasks of their own.
 * @type {ReturnType<typeof draw> | undefined} */
let pill;
/** @type {CSSStyleSheet} */
let look;

/** The panel's script adds `panel` and `words`.
 * @type {any} */
let FoursiteShare;

/** Bounds the quarrel with a page that removes what floats. */
let placementsLeft = 9;
/** @type {Element | undefined} */
let floater;

/** Let a button float where the page has placed none. */
const place = guard(() => {
  if (document.querySelector(TAG) || read("position") == "inline" || placementsLeft-- < 1) return;
  floater = document.createElement(TAG);
  floater.setAttribute("position", read("position") || "bottom-right");
  document.body.append(floater);
});

/**
 * Tell the page what happened.
 * @param {Element} element
 * @param {string} name
 * @param {unknown} [detail]
 */
const tell = (element, name, detail) =>
  element.dispatchEvent(
    new CustomEvent("foursite:" + name, {
      __proto__: null,
      bubbles: true,
      composed: true,
      detail,
    }),
  );

/** @param {string} text */
const makeSheet = (text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
};

/**
 * Draw the button of an element and make it work. Returns how to close what it has opened.
 * @param {HTMLElement} element
 */
const mount = (element) => {
  const root = element.attachShadow({ __proto__: null, mode: "open" });
  const options = readOptions(element);
  const parts = pill ?? draw();
  const { button, count } = parts;
  /** @type {{ close(): void } | null} */
  let panel = null;

  /** @param {string} platform
   * @param {Link} link */
  const report = (platform, { id, url }) => {
    if (id) send("share", { i: id, n: platform, u: readPage().url });
    tell(element, "share", { platform, id, url });
  };

  /** @type {Host} */
  const host = {
    root,
    button,
    options,
    page: readPage,
    share(platform) {
      const link = makeLink();
      report(platform, link);
      return link;
    },
    send,
    src: findPanel().replace(/[^/]*$/, ""),
    style(text, sheet = makeSheet(text)) {
      // By index: a page may have broken what arrays are spread or appended with.
      root.adoptedStyleSheets[root.adoptedStyleSheets.length] = sheet;
    },
    closed() {
      panel = null;
      button.setAttribute("aria-expanded", "false");
    },
  };

  const close = guard(() => {
    const opened = panel;
    host.closed();
    opened?.close();
  });

  const open = async () => {
    if (!FoursiteShare.panel) await loadPanel();
    // The page may have changed its mind since.
    if (!element.isConnected) return;
    panel = FoursiteShare.panel(host);
    button.setAttribute("aria-expanded", "true");
    tell(element, "open");
  };

  // One press at a time: a panel may take a while to come.
  const press = async () => {
    if (panel) return close();
    button.onclick = null;
    await open()
      .catch(() => fallBack(element, parts.label, report))
      .catch(() => {});
    button.onclick = press;
  };
  button.onclick = press;

  pill = undefined;
  host.closed();
  label(parts, options.lang);
  root.append(button);
  host.style(css, look);
  if (/^(light|dark)$/.test(options.theme)) host.style(`:host{color-scheme:${options.theme}}`);
  if (read("counts", element) != null) {
    askCounts().then(
      (counts) => {
        host.options.counts = counts;
        if (counts.shares) count.append(counts.shares.toLocaleString());
      },
      () => {},
    );
  }
  return close;
};

/** Do something in a task of its own: no task may keep the page waiting.
 * @param {() => void} act */
const later = (act) => setTimeout(guard(act));

const begin = () => {
  // The same script twice is one widget.
  if (customElements.get(TAG)) return;
  FoursiteShare = class extends HTMLElement {
    /** @type {(() => void) | undefined} */
    #close;

    connectedCallback() {
      guard(() => (this.#close ??= mount(this)))();
      if (this != floater) floater?.remove();
    }

    disconnectedCallback() {
      this.#close?.();
      // A page that only moves it, or swaps its body, has put one back by then.
      setTimeout(place, 300);
    }
  };
  later(() => {
    watchClicks();
    start({ site, service });
  });
  customElements.define(TAG, FoursiteShare);
  if (document.readyState == "loading") addEventListener("DOMContentLoaded", place);
  else setTimeout(place);
};

later(() => (pill = draw()));
later(() => (look = makeSheet(css)));
later(begin);
