/** Sharing when the panel does not arrive: the page's links, the system's own sheet, or a copy. */

import { makeLink } from "./page.js";

/**
 * @param {Element} element  its content is what the page offers without a script
 * @param {ReturnType<typeof import("./button.js").draw>} parts
 * @param {(platform: string, link: import("./element.js").Link) => void} report
 */
export const fallBack = async (element, { label, links }, report) => {
  const link = makeLink();
  const { url } = link;
  links.hidden = !element.querySelector("a");
  if (navigator.share) {
    await navigator.share({ __proto__: null, title: document.title, url });
    report("native", link);
  } else if (links.hidden) {
    await navigator.clipboard.writeText(url);
    label.textContent = "✓";
    report("copy_link", link);
  }
};
