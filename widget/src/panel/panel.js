/**
 * The panel's frame: a dialog beside the button, or a modal sheet at the bottom of a phone. It
 * holds one view at a time and knows when to leave.
 */

import { GLYPHS } from "./glyphs.js";
import { makeHome } from "./home.js";
import { onActivation } from "./links.js";
import { draw, make } from "./nodes.js";
import { makePlacer } from "./place.js";
import { isDark } from "./scheme.js";
import { put } from "./words.js";
import css from "./panel.css";

/**
 * @typedef {object} View
 * @property {string} title
 * @property {HTMLElement} node
 * @property {HTMLElement} first  what gets the focus
 */

/** Where there is no room beside a button: phones, and frames cut to the size of the button. */
const NARROW = "(max-width: 480px), (max-height: 320px)";

/** @type {WeakSet<ShadowRoot>} Roots that have our sheet; an element opens its panel many times. */
const styled = new WeakSet();

export class Panel {
  /**
   * @param {import("./main.js").Host} host
   * @param {import("./words.js").Words} words
   * @param {string} lang
   * @param {string} direction
   */
  constructor(host, words, lang, direction) {
    this.host = host;
    this.words = words;
    this.lang = lang;
    /** @type {HTMLElement | null} The control a view was opened from. */
    this.origin = null;
    this.leaving = new AbortController();
    this.build(direction);
    if (!styled.has(host.root)) host.style(css);
    styled.add(host.root);
    host.root.append(this.dialog);
    this.home = makeHome(this);
    this.show(this.home);
    this.appear();
    this.watch();
    this.focus();
  }

  /** @param {string} direction */
  build(direction) {
    const { words } = this;
    const icon = (/** @type {string} */ label, /** @type {string} */ glyph) =>
      make("button", { type: "button", class: "icon", "aria-label": label }, draw(glyph));
    this.backButton = icon(words.back, GLYPHS.back);
    this.closeButton = icon(words.close, GLYPHS.close);
    this.backButton.classList.add("turn");
    this.backButton.onclick = () => this.back();
    this.closeButton.onclick = () => this.leave();
    this.title = make("h2", { id: "title", part: "title" });
    this.body = make("div", { class: "body" });
    // Here from the start, because a screen reader follows only regions that it has met.
    this.status = make("p", { class: "status", role: "status" });
    const head = make("div", { class: "head" }, this.backButton, this.title, this.closeButton);
    const frame = make("div", { class: "frame" }, head, this.body, this.status);
    this.dialog = make(
      "dialog",
      {
        part: "panel",
        class: isDark(this.host.button) ? "panel dark" : "panel",
        "aria-labelledby": "title",
        lang: this.lang,
        dir: direction,
      },
      frame,
      this.makePowered(),
    );
  }

  /** Return the line about 4site, or an empty text when the owner has removed it. */
  makePowered() {
    const { service, poweredBy } = this.host.options;
    if (!poweredBy || poweredBy === "off") return "";
    const text = put(this.words.made, "4site");
    if (!service) return make("p", { part: "powered", class: "powered" }, text);
    const href = `${service}/r/${encodeURIComponent(poweredBy)}`;
    const rel = "nofollow noopener sponsored";
    const link = make("a", { href, rel, target: "_blank" }, text);
    onActivation(link, () => this.host.send("powered"));
    return make("p", { part: "powered", class: "powered" }, link);
  }

  /** Bring the dialog up: as a sheet, else above everything where the browser can. */
  appear() {
    const { dialog } = this;
    if (matchMedia(NARROW).matches) {
      dialog.classList.add("sheet");
      dialog.showModal();
      return;
    }
    if (dialog.showPopover) {
      dialog.popover = "manual";
      dialog.showPopover();
    } else {
      dialog.show();
    }
    const place = makePlacer(dialog, this.host.button, this.host.options.floating);
    place();
    const quietly = { signal: this.leaving.signal, passive: true, capture: true };
    addEventListener("resize", place, quietly);
    addEventListener("scroll", place, quietly);
  }

  /** Leave on Escape, on a press outside, and when the focus moves on to the page. */
  watch() {
    const { dialog, host } = this;
    const capture = { signal: this.leaving.signal, capture: true };
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.stopPropagation(); // the page may have something of its own to close
      this.leave();
    };
    const onPress = (/** @type {Event} */ event) => {
      const path = event.composedPath();
      if (!path.includes(dialog) && !path.includes(host.button)) this.leave();
    };
    // The frame covers the dialog, so a target of its own is the sheet's backdrop. There a press
    // is too early: the click would fall through to the page.
    const onClick = (/** @type {Event} */ { target }) => {
      if (target === dialog) this.leave();
    };
    const onFocusOut = (/** @type {any} */ { relatedTarget }) => {
      if (relatedTarget && !host.root.contains(relatedTarget)) this.leave();
    };
    dialog.addEventListener("close", () => this.leave());
    dialog.addEventListener("click", onClick);
    addEventListener("keydown", onKey, capture);
    addEventListener("pointerdown", onPress, capture);
    host.root.addEventListener("focusout", /** @type {any} */ (onFocusOut), capture);
  }

  /** @param {View} view */
  show(view) {
    this.view = view;
    this.title.textContent = view.title;
    this.backButton.hidden = view === this.home;
    this.body.replaceChildren(view.node);
    this.say("");
  }

  /**
   * Go one view deeper, and remember from where.
   *
   * @param {View} view
   * @param {HTMLElement} origin
   */
  enter(view, origin) {
    this.origin = origin;
    this.show(view);
    this.focus();
  }

  back() {
    this.show(this.home);
    this.origin?.focus();
  }

  /**
   * Say something under the view.
   *
   * @param {string} text
   * @param {boolean} [isForEars]  the eyes see it elsewhere
   */
  say(text, isForEars) {
    this.status.classList.toggle("unseen", !!isForEars);
    this.status.textContent = text;
  }

  focus() {
    this.view?.first.focus({ preventScroll: true });
  }

  /** Close by the visitor's wish, and tell the element. */
  leave() {
    if (this.close()) this.host.closed();
  }

  /** Close and give the focus back, unless the visitor has moved it. Say whether it was open. */
  close() {
    const { dialog, host, leaving } = this;
    if (leaving.signal.aborted) return false;
    const hasFocus = dialog.contains(host.root.activeElement);
    leaving.abort();
    dialog.remove();
    if (hasFocus || document.activeElement === document.body) {
      host.button.focus({ preventScroll: true });
    }
    return true;
  }
}
