// The script of every page. Pages work without it; it makes them quicker. It
// writes no inline style but places, and sends nothing that a form would not.
(function () {
  "use strict";

  const root = document.documentElement;
  root.setAttribute("data-script", "");

  const one = (selector, from) => (from || document).querySelector(selector);
  const all = (selector, from) => [...(from || document).querySelectorAll(selector)];
  const on = (event, selector, act) => document.addEventListener(event, (e) => {
    const found = e.target instanceof Element && e.target.closest(selector);
    if (found) act(e, found);
  });
  const typing = (e) => e.target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

  // Keys: "/" leads to the search, Escape closes the panel.
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return;
    if (e.key === "/" && !typing(e)) {
      const search = one("[data-search]");
      if (search) { e.preventDefault(); search.focus(); search.select(); }
    }
    if (e.key === "Escape") {
      const open = one("details[data-popup][open]");
      if (open) { open.open = false; one("summary", open).focus(); return; }
      if (one("dialog[open], [popover]:popover-open") || typing(e)) return;
      const close = one(".in-panel [data-close]");
      if (close) close.click();
    }
  });

  // Ticks: shift ticks the range since the last one, the head ticks them all.
  let last = null;
  const rowTicks = (table) => all("tbody .c-tick input[type=checkbox]", table);
  const count = () => {
    for (const table of all(".in-table")) {
      const ticks = rowTicks(table), ticked = ticks.filter((t) => t.checked).length;
      const head = one("[data-tick-all]", table);
      if (head) { head.checked = ticked > 0 && ticked === ticks.length; head.indeterminate = ticked > 0 && ticked < ticks.length; }
      for (const t of ticks) t.closest("tr").classList.toggle("is-ticked", t.checked);
    }
    const shown = one("[data-ticked-count]"), word = one("[data-ticked-word]");
    const count = all("tbody .c-tick input:checked").length;
    if (shown) shown.textContent = count.toLocaleString(root.lang);
    if (word) word.textContent = new Intl.PluralRules(root.lang).select(count) === "one" ? word.dataset.one : word.dataset.other;
  };
  on("click", ".c-tick input", (e, tick) => {
    const table = tick.closest("table"), ticks = rowTicks(table);
    if (tick.matches("[data-tick-all]")) {
      for (const t of ticks) t.checked = tick.checked;
    } else {
      if (e.shiftKey && last && ticks.includes(last)) {
        const [from, to] = [ticks.indexOf(last), ticks.indexOf(tick)].sort((a, b) => a - b);
        for (const t of ticks.slice(from, to + 1)) t.checked = tick.checked;
      }
      last = tick;
    }
    count();
  });
  on("click", "[data-untick]", (e) => {
    if (one(".in-selbar.is-up")) return;
    e.preventDefault();
    for (const t of all(".c-tick input")) { t.checked = false; t.indeterminate = false; }
    count();
  });

  // Toasts leave after ten seconds, later while pointed at or focused.
  const lasting = 10000;
  const settle = (toast) => {
    if (toast.dataset.timed) return;
    toast.dataset.timed = "1";
    let timer;
    const start = () => { clearTimeout(timer); timer = setTimeout(() => toast.remove(), lasting); };
    const stop = () => clearTimeout(timer);
    toast.addEventListener("pointerenter", stop);
    toast.addEventListener("focusin", stop);
    toast.addEventListener("pointerleave", start);
    toast.addEventListener("focusout", start);
    start();
  };
  on("click", "[data-dismiss]", (e, button) => button.closest("[data-toast]").remove());

  // Dialogs: one that comes with the page becomes modal; a button opens one
  // where the browser does not know commands.
  const commands = "commandForElement" in HTMLButtonElement.prototype;
  on("click", "[data-opens]", (e, button) => {
    const dialog = document.getElementById(button.dataset.opens);
    if (!commands && dialog && !dialog.open) dialog.showModal();
  });
  // One that was put into a page that stands goes without a trace, and focus goes
  // back to what opened it, also when the page has changed under it meanwhile. A
  // link that brought none, as after a sign-in that ended, leads where it says.
  let asked = "", href = "";
  const refocus = () => {
    if (asked) one('[data-asks="' + CSS.escape(asked) + '"]')?.focus({ preventScroll: true });
    asked = "";
  };
  const passing = (dialog) => {
    dialog.addEventListener("close", () => { (dialog.closest("[data-passing-box]") || dialog).remove(); refocus(); });
  };
  on("click", "[data-passing] [data-keep]", (e, button) => button.closest("dialog").close());
  on("click", "[data-asks]", (e, link) => { asked = link.dataset.asks; href = link.href; });
  const answered = () => {
    const there = one("dialog[data-passing]");
    if (href && !there) { location.href = href; return; }
    href = "";
    if (!there) refocus();
  };
  const promote = () => {
    for (const dialog of all("dialog[open]:not(:modal)")) {
      dialog.removeAttribute("open");
      dialog.showModal();
      const scrim = dialog.previousElementSibling;
      if (scrim && scrim.matches(".in-scrim")) scrim.remove();
      if (dialog.hasAttribute("data-passing")) passing(dialog);
      else if (dialog.dataset.closeHref) dialog.addEventListener("cancel", () => { location.href = dialog.dataset.closeHref; });
    }
  };

  // Menus stand beside their button where the stylesheet cannot place them.
  if (!CSS.supports("position-area", "block-end")) {
    document.addEventListener("toggle", (e) => {
      const menu = e.target;
      if (e.newState !== "open" || !menu.matches(".in-menu")) return;
      const button = one('[popovertarget="' + menu.id + '"]').getBoundingClientRect();
      const up = button.bottom + menu.offsetHeight > innerHeight;
      menu.style.margin = "0";
      menu.style.inset = "auto";
      menu.style.left = Math.max(8, Math.min(button.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 8)) + "px";
      menu.style.top = (up ? button.top - menu.offsetHeight - 4 : button.bottom + 4) + "px";
    }, true);
  }
  document.addEventListener("click", (e) => {
    for (const popup of all("details[data-popup][open]")) if (!popup.contains(e.target)) popup.open = false;
    const contents = e.target.closest?.("[data-contents] a")?.closest("details");
    if (contents) contents.open = false; // it covers what it leads to
  });

  // Forms: a choice that sends itself, and no form sent twice.
  on("change", "[data-submit]", (e, field) => field.form.requestSubmit());
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (e.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
  addEventListener("pageshow", () => { for (const form of all("form[data-sent]")) delete form.dataset.sent; });

  // The ground changes at once; the form tells the server, so that the next
  // page comes with it.
  document.addEventListener("submit", (e) => {
    const form = e.target.closest("[data-theme-form]"), button = e.submitter;
    if (!form || !button) return;
    e.preventDefault();
    const theme = button.value;
    if (theme) root.setAttribute("data-bs-theme", theme); else root.removeAttribute("data-bs-theme");
    document.cookie = "theme=" + theme + ";path=/;max-age=31536000;samesite=lax" + (location.protocol === "https:" ? ";secure" : "");
    for (const b of all("[data-theme-form] button")) b.setAttribute("aria-pressed", String(b.value === theme));
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, button)), redirect: "manual" }).catch(() => {});
  }, true);

  on("click", "[data-copy]", async (e, button) => {
    try { await navigator.clipboard.writeText(button.dataset.copy); } catch { return; }
    const name = button.getAttribute("aria-label");
    button.classList.add("is-done");
    button.setAttribute("aria-label", button.dataset.copied);
    setTimeout(() => { button.classList.remove("is-done"); if (name === null) button.removeAttribute("aria-label"); else button.setAttribute("aria-label", name); }, 2000);
  });
  on("click", "[data-print]", () => print());
  on("click", "[data-reveal]", (e, button) => {
    const field = document.getElementById(button.dataset.reveal), shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  });

  // A signature is drawn with any pointer and put into the hidden field as PNG.
  const sign = (box) => {
    if (box.dataset.ready) return;
    box.dataset.ready = "1";
    const pad = one("canvas", box), field = one("input[type=hidden]", box), pen = pad.getContext("2d");
    pen.lineWidth = 3; pen.lineCap = pen.lineJoin = "round"; pen.strokeStyle = "#15191b";
    const at = (e) => { const r = pad.getBoundingClientRect(); return [(e.clientX - r.left) * pad.width / r.width, (e.clientY - r.top) * pad.height / r.height]; };
    let drawing = false;
    pad.addEventListener("pointerdown", (e) => { drawing = true; pad.setPointerCapture(e.pointerId); pen.beginPath(); pen.moveTo(...at(e)); pen.lineTo(...at(e)); pen.stroke(); });
    pad.addEventListener("pointermove", (e) => { if (drawing) { pen.lineTo(...at(e)); pen.stroke(); } });
    const end = () => { if (drawing) { drawing = false; field.value = pad.toDataURL("image/png"); } };
    pad.addEventListener("pointerup", end);
    pad.addEventListener("pointercancel", end);
    one("[data-clear]", box).addEventListener("click", () => { pen.clearRect(0, 0, pad.width, pad.height); field.value = ""; });
  };

  // Trees: each is one stop of the Tab key. Arrows, Home, End and letters move in
  // it, right and left unfold and fold, as WAI-ARIA's pattern of trees says. A
  // link with data-of unfolds or folds that unit; a twig is for the pointer only.
  const stops = (tree) => all("[data-level]", tree);
  const level = (node) => Number(node.dataset.level);
  const spoken = (node) => (one("title, b a, a", node) || node).textContent.trim();
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const press = (link) => link && link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  const here = {}; // by tree, the id of the node that the Tab key reaches
  let opened = "";
  const stop = (tree, node, focus) => {
    for (const n of stops(tree)) n.setAttribute("tabindex", n === node ? "0" : "-1");
    here[tree.id] = node.id;
    if (focus) node.focus();
  };
  const show = (view, node) => {
    const box = node.getBoundingClientRect(), seen = view.getBoundingClientRect();
    if (box.left < seen.left || box.right > seen.right) view.scrollLeft += box.left - seen.left - (seen.width - box.width) / 2;
    if (box.bottom > seen.bottom) view.scrollTop += box.bottom - seen.bottom + 24;
  };
  const plant = (tree) => {
    const nodes = stops(tree);
    if (!nodes.length) return;
    tree.setAttribute("role", "tree");
    for (const part of all("ul, li", tree)) part.setAttribute("role", "none");
    for (const link of all("a:not([data-level])", tree)) link.setAttribute("tabindex", "-1");
    for (const link of all("[data-twig]", tree)) link.setAttribute("aria-hidden", "true");
    nodes.forEach((node, i) => {
      node.setAttribute("role", "treeitem");
      node.setAttribute("aria-level", node.dataset.level);
      const open = nodes[i + 1] && level(nodes[i + 1]) > level(node);
      if (open || node.dataset.open) node.setAttribute("aria-expanded", String(Boolean(open)));
    });
    const first = nodes.find((n) => n.hasAttribute("data-start")) || nodes[0];
    const found = opened && nodes.find((n) => n.id === opened);
    const view = tree.closest(".in-treeview.is-wide"), begun = tree.id in here;
    stop(tree, found || nodes.find((n) => n.id === here[tree.id]) || first, Boolean(found));
    if (view && !begun) show(view, first);
    if (found) opened = "";
  };
  let typed = "", typedAt = 0;
  const named = (nodes, at, key, time) => {
    typed = time - typedAt < 700 ? typed + folded(key) : folded(key);
    typedAt = time;
    const again = [...typed].every((letter) => letter === typed[0]); // the same letter goes to the next
    const from = again ? at + 1 : at, sought = again ? typed[0] : typed;
    return [...nodes.slice(from), ...nodes.slice(0, from)].find((n) => folded(spoken(n)).startsWith(sought));
  };
  on("keydown", "[role=tree]", (e, tree) => {
    const nodes = stops(tree), node = e.target.closest("[data-level]"), at = nodes.indexOf(node);
    if (at < 0 || e.ctrlKey || e.metaKey || e.altKey) return;
    let to;
    if (e.key === "ArrowDown") to = nodes[at + 1];
    else if (e.key === "ArrowUp") to = nodes[at - 1];
    else if (e.key === "Home") to = nodes[0];
    else if (e.key === "End") to = nodes[nodes.length - 1];
    else if (e.key === "ArrowRight") {
      if (node.dataset.open) press(document.getElementById(node.dataset.open));
      else if (nodes[at + 1] && level(nodes[at + 1]) > level(node)) to = nodes[at + 1];
    } else if (e.key === "ArrowLeft") {
      if (node.dataset.close) press(document.getElementById(node.dataset.close));
      else to = nodes.slice(0, at).findLast((n) => level(n) < level(node));
    } else if (e.key === "Enter" || e.key === " " && e.timeStamp - typedAt > 700) press(node.matches("a") ? node : one("a", node));
    else if (e.key.length === 1 && e.key !== "/") to = named(nodes, at, e.key, e.timeStamp);
    else return;
    e.preventDefault();
    if (to) stop(tree, to, true);
  });
  on("click", "[data-tree] [data-of]", (e, link) => { opened = link.dataset.of; });

  // A line under the head while a page loads in place, after 300 ms only.
  const wait = document.createElement("div");
  wait.className = "in-wait";
  document.body.append(wait);
  document.addEventListener("htmx:before:request", () => wait.classList.add("is-on"));
  document.addEventListener("htmx:finally:request", () => wait.classList.remove("is-on"));

  // Focus goes into a panel that opens, and back to the row when it closes.
  let panel = Boolean(one(".in-panel")), opener = "";
  on("click", ".in-who a, [hx-get]", (e, link) => { if (!panel) opener = link.getAttribute("href") || ""; });
  const moved = () => {
    const now = one(".in-panel:not(.in-panel--rail)");
    if (now && !panel) one("[data-close]", now)?.focus({ preventScroll: true });
    if (!now && panel && opener) one('a[href="' + CSS.escape(opener) + '"]')?.focus({ preventScroll: true });
    panel = Boolean(now);
  };

  const ready = () => {
    count();
    promote();
    all("[data-toast]").forEach(settle);
    all("[data-signature]").forEach(sign);
    all("[data-tree]").forEach(plant);
    const refused = one("[data-at]"); // the form's own address shows nothing when it is loaded again
    if (refused && refused.dataset.at) history.replaceState(history.state, "", refused.dataset.at);
    one("[data-focus]")?.focus();
  };
  document.addEventListener("htmx:after:swap", () => { moved(); ready(); answered(); });
  ready();
})();
