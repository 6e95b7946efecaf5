// What a page does beyond showing text: colour scheme, copy buttons, tabs, links from disk.
// A classic script, so that it also runs when the page was opened from a folder.
(function () {
  "use strict";
  var root = document.documentElement;

  // From disk a folder is a listing, not a page: name the file. Done for every link once.
  function nameFiles() {
    document.querySelectorAll("a[href]").forEach(function (link) {
      var target = new URL(link.href, location.href);
      if (target.protocol === "file:" && target.pathname.endsWith("/")) {
        target.pathname += "index.html";
        link.href = target.href;
      }
    });
  }

  // A picture made for dark or light follows the visitor's choice, not only the system's.
  function matchPictures(scheme) {
    document.querySelectorAll("picture > source[media]").forEach(function (source) {
      var media = source.dataset.media || source.media;
      var wanted = /prefers-color-scheme:\s*(dark|light)/.exec(media);
      if (!wanted) return;
      source.dataset.media = media;
      source.media = scheme ? (wanted[1] === scheme ? "all" : "not all") : media;
    });
  }

  // "auto" is stored too: it differs from no choice where the site itself prefers dark or light.
  function storeScheme(scheme) {
    try {
      localStorage.setItem("theme", scheme || "auto");
    } catch (error) { /* a browser that stores nothing still switches this page */ }
  }

  function setScheme(scheme) {
    if (scheme) root.dataset.theme = scheme;
    else delete root.dataset.theme;
    matchPictures(scheme);
    document.querySelectorAll("[data-scheme]").forEach(function (button) {
      button.setAttribute("aria-pressed", String((button.dataset.scheme || "") === (scheme || "")));
    });
    document.dispatchEvent(new CustomEvent("themechange", { detail: scheme || "auto" }));
  }

  // One place from which screen readers hear what a button did.
  function announce(message) {
    var place = document.querySelector(".announcer");
    if (!place) {
      place = document.createElement("p");
      place.className = "announcer visually-hidden";
      place.setAttribute("role", "status");
      document.body.append(place);
    }
    place.textContent = message;
  }

  function copy(button, text) {
    var label = button.dataset.label || button.textContent;
    button.dataset.label = label;
    function done(message) {
      button.textContent = message;
      announce(message);
      setTimeout(function () { button.textContent = label; }, 1600);
    }
    if (!navigator.clipboard) return done("Press Ctrl+C");
    navigator.clipboard.writeText(text).then(
      function () { done("Copied"); },
      function () { done("Not copied"); }
    );
  }

  // Prompts are drawn by the style sheet or marked as not selectable, so they are never copied.
  function codeText(figure) {
    var code = figure.querySelector("pre").cloneNode(true);
    code.querySelectorAll("[aria-hidden], .gp").forEach(function (node) { node.remove(); });
    return code.textContent.replace(/\n$/, "");
  }

  function addCopyButtons() {
    document.querySelectorAll("figure.code").forEach(function (figure) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.setAttribute("aria-label", "Copy this code");
      // The widget counts copies of install commands.
      if (figure.closest(".install")) button.dataset.copy = "";
      button.addEventListener("click", function () { copy(button, codeText(figure)); });
      figure.append(button);
    });
  }

  // Tabs are radio-less sections until this runs; then the usual tab pattern with arrow keys.
  function makeTabs(box, boxIndex) {
    var list = box.querySelector("[data-tabs-list]");
    var panels = Array.from(box.querySelectorAll("[data-tab]"));
    if (!list || panels.length < 2) return;
    var buttons = panels.map(function (panel, index) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = "tab";
      button.role = "tab";
      button.id = "Site-tab-" + boxIndex + "-" + index;
      panel.id = "Site-panel-" + boxIndex + "-" + index;
      button.setAttribute("aria-controls", panel.id);
      button.textContent = panel.dataset.tab;
      panel.role = "tabpanel";
      panel.setAttribute("aria-labelledby", button.id);
      button.addEventListener("click", function () { choose(index); });
      list.append(button);
      return button;
    });
    function choose(chosen, focus) {
      buttons.forEach(function (button, index) {
        button.setAttribute("aria-selected", String(index === chosen));
        button.tabIndex = index === chosen ? 0 : -1;
        panels[index].hidden = index !== chosen;
      });
      if (focus) buttons[chosen].focus();
    }
    list.role = "tablist";
    if (list.dataset.tabsList) list.setAttribute("aria-label", list.dataset.tabsList);
    list.hidden = false;
    list.addEventListener("keydown", function (event) {
      var now = buttons.indexOf(document.activeElement);
      var forward = getComputedStyle(list).direction === "rtl" ? -1 : 1;
      var last = buttons.length - 1;
      var target = {
        ArrowRight: now + forward, ArrowLeft: now - forward, Home: 0, End: last
      }[event.key];
      if (now < 0 || target === undefined) return;
      event.preventDefault();
      choose((target + buttons.length) % buttons.length, true);
    });
    box.classList.add("is-tabbed");
    choose(0);
  }

  function guessPlatform() {
    var data = navigator.userAgentData;
    var name = ((data && data.platform) || navigator.platform || navigator.userAgent).toLowerCase();
    if (/android/.test(navigator.userAgent.toLowerCase())) return "android";
    if (/iphone|ipad/.test(name)) return "ios";
    if (/mac/.test(name)) return "macos";
    if (/win/.test(name)) return "windows";
    var other = /freebsd|openbsd|netbsd|sunos/.exec(name);
    if (other) return other[0] === "sunos" ? "solaris" : other[0];
    return /linux|x11/.test(name) ? "linux" : "";
  }

  // The visitor's own system first; every other one stays visible.
  function orderDownloads() {
    var own = document.querySelector('[data-platform="' + guessPlatform() + '"]');
    if (own) {
      own.classList.add("is-own");
      own.parentNode.prepend(own);
    }
  }

  // The contents column marks the section that is being read.
  function followSections() {
    var links = new Map();
    document.querySelectorAll("[data-contents] a[href^='#']").forEach(function (link) {
      var target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (target) links.set(target, link);
    });
    if (!links.size) return;
    var headings = Array.from(links.keys());
    function mark() {
      var current = headings[0];
      headings.forEach(function (heading) {
        if (heading.getBoundingClientRect().top < 120) current = heading;
      });
      links.forEach(function (link, heading) {
        if (heading === current) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      });
    }
    var waiting = false;
    addEventListener("scroll", function () {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(function () { waiting = false; mark(); });
    }, { passive: true });
    mark();
  }

  // On a wide screen the style sheet shows what these hold even when they are closed, where the
  // browser lets it. Opening them says the same to other browsers and to screen readers.
  function openWide() {
    var wide = matchMedia("(min-width: 64rem)");
    function follow() {
      document.querySelectorAll("details[data-wide-open]").forEach(function (box) {
        box.open = wide.matches;
      });
    }
    wide.addEventListener("change", follow);
    follow();
  }

  // A list of choices closes when the reader turns elsewhere.
  function closeLists() {
    function close(event) {
      document.querySelectorAll("details[data-closes][open]").forEach(function (box) {
        if (event.key === "Escape") box.querySelector("summary").focus();
        if (event.key === "Escape" || !box.contains(event.target)) box.open = false;
      });
    }
    document.addEventListener("click", close);
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape") close(event);
    });
  }

  // A long docs tree starts where the reader is. Only the tree moves, never the page.
  function showCurrent() {
    var box = document.querySelector(".doc-menu");
    var link = box && box.querySelector('[aria-current="page"]');
    if (!link) return;
    var below = link.getBoundingClientRect().bottom - box.getBoundingClientRect().bottom;
    if (below > 0) box.scrollTop += below + box.clientHeight / 2;
  }

  if (location.protocol === "file:") nameFiles();
  document.querySelectorAll("[data-scheme]").forEach(function (button) {
    button.addEventListener("click", function () {
      storeScheme(button.dataset.scheme);
      setScheme(button.dataset.scheme);
    });
  });
  setScheme(root.dataset.theme || "");
  addCopyButtons();
  document.querySelectorAll("[data-tabs]").forEach(makeTabs);
  openWide();
  closeLists();
  showCurrent();
  orderDownloads();
  followSections();
})();
