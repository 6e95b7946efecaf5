/**
 * The panel that opens from the share button. A classic script, loaded on first use: it gives the
 * element's class a way to open the panel, and one to take the words of a language.
 */

import { Panel } from "./panel.js";
import { receiveWords, withWords } from "./words.js";

/**
 * What the element hands over.
 *
 * @typedef {object} Host
 * @property {ShadowRoot} root  open; the button is in it
 * @property {HTMLElement} button
 * @property {Options} options
 * @property {() => {url: string, title: string}} page  the page's bare address
 * @property {(platform: string) => {id: string | null, url: string}} share  counts a share and
 *     returns its link; called once for each deliberate act
 * @property {(type: "like" | "powered") => void} send
 * @property {string} src  folder of this script
 * @property {(css: string) => void} style  adopts a sheet in the root
 * @property {() => void} closed  to be called when the panel has closed itself
 */

/**
 * @typedef {object} Options
 * @property {string | null} platforms  names from the page, between commas or spaces
 * @property {string} lang
 * @property {string | null} poweredBy  a referral code; `off` or nothing leaves the line out
 * @property {{shares: number, likes: number}} [counts]
 * @property {string} [service]
 * @property {boolean} floating
 */

// A page may bring this script itself, and the element comes a little later than its script.
customElements.whenDefined("foursite-share").then((/** @type {any} */ element) => {
  element.words = receiveWords;
  element.panel = open;
});

/**
 * Open the panel, at once or when its words have arrived.
 *
 * @param {Host} host
 */
function open(host) {
  /** @type {Panel | undefined} */
  let panel;
  let isWanted = true;
  let isLate = false;
  withWords(host.options.lang, host.src, (words, lang, direction) => {
    try {
      if (isWanted) panel = new Panel(host, words, lang, direction);
    } catch (error) {
      // The element has another way to share; once it has gone on, only the page could see this.
      if (!isLate) throw error;
      host.closed();
    }
  });
  isLate = true;
  return {
    close() {
      isWanted = false;
      panel?.close();
    },
    focus() {
      panel?.focus();
    },
  };
}
