/** The view that asks for a Mastodon server: there is no central one to send people to. */

import { leadOutside, onActivation } from "./links.js";
import { make } from "./nodes.js";
import { aim, PLATFORMS, readServer } from "./platforms.js";

/**
 * @param {import("./panel.js").Panel} panel
 * @returns {import("./panel.js").View}
 */
export function makeInstance(panel) {
  const { host, words } = panel;
  const { label = "", intent = "" } = PLATFORMS.mastodon;
  const field = make("input", {
    class: "field",
    id: "server",
    dir: "ltr",
    inputmode: "url",
    placeholder: "mastodon.social",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    maxlength: "300",
  });
  // Without an address it is not a link yet, but a key must reach it all the same.
  const attributes = { class: "strong", role: "link", tabindex: "0", rel: "noopener nofollow" };
  const link = make("a", attributes, words.share);
  leadOutside(link, words);
  const { url, title } = host.page();
  /** @param {() => string} find  returns the address to share; asked when there is a server */
  const update = (find) => {
    const server = readServer(field.value);
    if (server) link.href = aim(intent, title, find(), server);
    else link.removeAttribute("href");
    return server;
  };
  onActivation(link, () => {
    if (update(() => host.share("mastodon").url)) return;
    field.setAttribute("aria-invalid", "true");
    panel.say(words.invalid);
    field.focus();
  });
  field.oninput = () => {
    update(() => url);
    field.removeAttribute("aria-invalid");
    panel.say("");
  };
  const onEnter = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && !event.isComposing) link.click();
  };
  field.onkeydown = onEnter;
  // A link with an address answers Enter by itself.
  link.onkeydown = (/** @type {KeyboardEvent} */ event) => link.href || onEnter(event);
  const caption = make("label", { for: "server" }, words.server);
  const node = make("div", {}, caption, make("div", { class: "row" }, field, link));
  return { title: label, node, first: field };
}
