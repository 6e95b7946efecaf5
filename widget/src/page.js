/** What is shared: the page's own address, and the same with the id of a share. */

import { dropArrival, isOpen, makeId } from "./core.js";
import { service, site } from "./settings.js";

/** Return the address the page gives itself, if it is of this origin or the page is a file. */
const findCanonical = () => {
  try {
    const { href } = document.querySelector("link[rel=canonical]");
    if (!location.host || new URL(href).origin == location.origin) return href;
  } catch {}
};

export const readPage = () => ({
  url: dropArrival((findCanonical() ?? location.href).split("#")[0]),
  title: document.title,
});

/** Return what to share; bare and without an id where nothing is counted.
 * @returns {import("./element.js").Link} */
export const makeLink = () => {
  const { url } = readPage();
  const id = site && service && isOpen() ? makeId() : null;
  return { id, url: id ? url + (url.includes("?") ? "&" : "?") + "via=" + id : url };
};
