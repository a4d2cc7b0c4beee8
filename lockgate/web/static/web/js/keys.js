import { openDialog } from "./layers.js";
import { openPalette } from "./palette.js";

// Lists are driven from the keyboard: j and k move, enter opens, / searches, ? helps, g and a letter goes.
const roads = { h: "/", w: "/approvals", p: "/people", s: "/search", c: "/channels", o: "/policy", a: "/archive" };
let afterG = 0;

function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable], dialog[open]") !== null;
}

function stops() {
  return [...document.querySelectorAll("[data-stop]")].filter((one) => one.getClientRects().length > 0);
}

function step(by) {
  const all = stops();
  if (!all.length) return;
  const here = all.findIndex((one) => one.contains(document.activeElement));
  const next = all[Math.min(all.length - 1, Math.max(0, here === -1 ? 0 : here + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function open() {
  const here = stops().find((one) => one === document.activeElement);
  const link = here?.matches("a") ? null : (here?.querySelector("a[data-open]") ?? here?.querySelector("a"));
  link?.click();
  return Boolean(link);
}

function wanted(event) {
  if (afterG && Date.now() - afterG < 1200) {
    afterG = 0;
    const road = roads[event.key];
    if (road) window.location.assign(road);
    return Boolean(road);
  }
  switch (event.key) {
    case "j": step(1); return true;
    case "k": step(-1); return true;
    case "Enter": return open();
    case "/": openPalette(); return true;
    case "?": openDialog("help"); return true;
    case "n": document.querySelector("[data-composer] textarea")?.focus(); return true;
    case "g": afterG = Date.now(); return true;
    default: return false;
  }
}

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (wanted(event)) event.preventDefault();
  });
}
