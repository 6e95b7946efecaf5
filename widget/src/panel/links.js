/** What the panel's links have in common: when they count, and where they open. */

import { make } from "./nodes.js";

/**
 * Call back once whenever a link is followed: by click, by key, or by the middle button. It runs
 * before the browser follows, so it may still change the address.
 *
 * @param {HTMLAnchorElement} link
 * @param {() => void} act
 */
export function onActivation(link, act) {
  link.addEventListener("click", act);
  link.addEventListener("auxclick", (event) => {
    if (event.button === 1) act();
  });
}

/**
 * Let a link open a new tab, and say so to those who do not see it.
 *
 * @param {HTMLAnchorElement} link
 * @param {import("./words.js").Words} words
 */
export function leadOutside(link, words) {
  link.target = "_blank";
  link.append(make("span", { class: "unseen" }, ` (${words.tab})`));
}
