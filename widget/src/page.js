/** What is shared: the page's own address, and the same with the id of a share. */

import { dropArrival, isOpen, makeId } from "./core.js";

/** Return the address the page gives itself, if it is of this origin or the page is a file, else
 * the one it has; and its title. */
export const readPage = () => {
  const canonical = document.querySelector("link[rel=canonical]")?.href;
  const isOwn = canonical && (!location.host || canonical.startsWith(location.origin + "/"));
  return {
    url: dropArrival((isOwn ? canonical : location.href).split("#")[0]),
    title: document.title,
  };
};

/** Return what to share; bare and without an id where nothing is counted.
 * @returns {import("./element.js").Link} */
export const makeLink = () => {
  const { url } = readPage();
  const id = isOpen() ? makeId() : null;
  return { id, url: id ? url + (url.includes("?") ? "&" : "?") + "via=" + id : url };
};
