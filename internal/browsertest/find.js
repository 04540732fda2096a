// The story's eyes: finds what a person means by a label or a word. Runs inside
// the page at each try, keeps nothing there.
(() => {
  const fold = (text) => (text || "")
    .replace(/[\s\u00a0\u202f\u2009]+/g, " ").replace(/[\u2019\u02bc]/g, "'").trim().toLowerCase();

  const shown = (el) => {
    if (!el.getClientRects().length) return false;
    const style = getComputedStyle(el);
    return style.visibility !== "hidden" && style.display !== "none";
  };

  // What an element is called: its own name first, then its words.
  const names = (el) => [
    el.getAttribute("aria-label"),
    ...(el.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean).map((id) => document.getElementById(id)?.textContent),
    el.tagName === "INPUT" && /^(submit|button|reset)$/.test(el.type) ? el.value : "",
    el.innerText,
    el.getAttribute("title"),
    el.querySelector?.("img[alt]")?.alt,
  ].map(fold).filter(Boolean);

  const labelsOf = (el) => [
    ...[...(el.labels || [])].map((label) => label.innerText || label.textContent),
    el.getAttribute("aria-label"),
    ...(el.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean).map((id) => document.getElementById(id)?.textContent),
    el.getAttribute("placeholder"),
    el.getAttribute("title"),
  ].map(fold).map((text) => text.replace(/[\s*:]+$/, "")).filter(Boolean);

  // Exact names win over names that begin with the words, those over names that contain them.
  const best = (elements, wanted, namesOf) => {
    const tests = [(n) => n === wanted, (n) => n.startsWith(wanted), (n) => n.includes(wanted)];
    for (const test of tests) {
      const found = elements.filter((el) => namesOf(el).some(test));
      if (found.length) return found;
    }
    return [];
  };

  const isSelector = (text) => /^[#.\[]/.test(text) || text.startsWith("css:");
  const selector = (text) => text.replace(/^css:/, "");
  const all = (root, query) => (root ? [...root.querySelectorAll(query)] : []);

  const pressable = "a[href],button,summary,label,input[type=submit],input[type=button],input[type=reset]," +
    "input[type=checkbox],input[type=radio],[role=button],[role=tab],[role=menuitem],[role=option],[role=link],[role=checkbox],[role=switch]";
  const fields = "input:not([type=hidden]):not([type=submit]):not([type=button]),textarea,select,[contenteditable=true]";

  // A tick box or file field may be drawn by its label and hidden itself.
  const reachable = (el) => shown(el) || (el.labels && [...el.labels].some(shown));

  const field = (root, label) => {
    if (isSelector(label)) return all(root, selector(label)).find(reachable) || null;
    return best(all(root, fields).filter(reachable), fold(label).replace(/[\s*:]+$/, ""), labelsOf)[0] || null;
  };

  // The middle of el, once nothing else covers it and it can be used.
  const point = (el) => {
    el.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    for (const box of el.getClientRects()) {
      const x = box.left + box.width / 2, y = box.top + box.height / 2;
      const top = document.elementFromPoint(x, y);
      if (top && (el === top || el.contains(top) || top.contains(el) && top.tagName === "LABEL")) return { x, y };
    }
    return null;
  };

  const press = (root, what) => {
    const found = isSelector(what)
      ? all(root, selector(what)).filter(reachable)
      : best(all(root, pressable).filter(reachable), fold(what), (el) => [...names(el), ...labelsOf(el)]);
    let reason = found.length ? "covered or outside the page" : "not there";
    for (let el of found) {
      if (el.disabled || el.getAttribute("aria-disabled") === "true") { reason = "disabled"; continue; }
      if (!shown(el)) el = [...el.labels].find(shown);
      const at = point(el);
      if (at) return { at };
    }
    return { reason };
  };

  const row = (text) => all(document, "tr,[role=row],li,article").filter(shown)
    .filter((el) => fold(el.innerText).includes(fold(text)))
    .sort((a, b) => a.innerText.length - b.innerText.length)[0] || null;

  const sees = (root, text) => {
    const el = root === document ? document.body : root;
    return !!el && fold(el.innerText).includes(fold(text));
  };

  const choose = (root, label, option) => {
    const el = field(root, label);
    if (el && el.tagName === "SELECT") {
      const choice = best([...el.options], fold(option), (o) => [fold(o.label), fold(o.value)].filter(Boolean))[0];
      if (!choice) return { reason: "no option " + option };
      if (choice.disabled || el.disabled) return { reason: "disabled" };
      el.focus();
      if (el.multiple) choice.selected = true; else el.value = choice.value;
      el.dispatchEvent(new Event("input", { bubbles: true }));
      el.dispatchEvent(new Event("change", { bubbles: true }));
      return { done: true };
    }
    const group = best(all(root, "fieldset,[role=radiogroup],[role=group]").filter(shown), fold(label),
      (g) => [fold(g.querySelector("legend")?.innerText), ...names(g).slice(0, 1)].filter(Boolean))[0];
    if (!group) return { reason: "no list or group of choices " + label };
    return press(group, option);
  };

  // Types that open a picker of their own are set whole; the others are typed.
  const ready = (root, label, value) => {
    const el = field(root, label);
    if (!el) return { reason: "not there" };
    if (el.disabled || el.readOnly) return { reason: "disabled or read-only" };
    if (!shown(el)) return { reason: "hidden" };
    el.scrollIntoView({ block: "center", behavior: "instant" });
    el.focus();
    if (document.activeElement !== el) return { reason: "cannot take the focus" };
    if (/^(date|time|datetime-local|month|week|number|color|range)$/.test(el.type) || value.length > 2000) {
      const proto = el.tagName === "TEXTAREA" ? HTMLTextAreaElement.prototype : HTMLInputElement.prototype;
      Object.getOwnPropertyDescriptor(proto, "value").set.call(el, value);
      el.dispatchEvent(new Event("input", { bubbles: true }));
      el.dispatchEvent(new Event("change", { bubbles: true }));
      return { done: true };
    }
    if (el.select) el.select(); else getSelection().selectAllChildren(el);
    return { typing: true };
  };

  return { field, press, row, sees, choose, ready, fold, all, shown };
})()
