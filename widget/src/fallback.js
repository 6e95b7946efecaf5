/** Sharing when the panel does not arrive: the page's links, the system's own sheet, or a copy. */

import { makeLink } from "./page.js";

/**
 * @param {Element} element  its content is what the page offers without a script
 * @param {Element} label  the button's
 * @param {(platform: string, link: import("./element.js").Link) => void} report
 */
export const fallBack = async (element, label, report) => {
  const link = makeLink();
  const { url } = link;
  const hasLinks = element.querySelector("a");
  if (hasLinks) element.shadowRoot.append(document.createElement("slot"));
  if (navigator.share) {
    await navigator.share({ __proto__: null, title: document.title, url });
    report("native", link);
  } else if (!hasLinks) {
    await navigator.clipboard.writeText(url);
    label.textContent = "✓";
    report("copy_link", link);
  }
};
