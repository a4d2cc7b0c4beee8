import { openDialog } from "./layers.js";
import { word } from "./words.js";

// Ctrl K: the places, pages and people that this reader may see, found by the beginning of any word.
let entries = null;
let shown = [];
let chosenAt = 0;

function plainly(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function matches(entry, words) {
  const held = plainly(`${entry.name} ${entry.note}`).split(/[\s·,.&-]+/);
  return words.every((one) => held.some((part) => part.startsWith(one)));
}

function draw(list, input) {
  const words = plainly(input.value).split(/\s+/).filter(Boolean);
  shown = (entries ?? []).filter((entry) => matches(entry, words)).slice(0, 11);
  // What is nowhere a name may have been said: the last line asks the search.
  const said = input.value.trim();
  if (said && entries) {
    const address = `/search?q=${encodeURIComponent(said)}`;
    shown.push({ name: word("search-said", { words: said }), note: "", kind: "", address });
  }
  chosenAt = Math.min(chosenAt, Math.max(0, shown.length - 1));
  list.replaceChildren(
    ...shown.map((entry, index) => {
      const option = document.createElement("div");
      option.setAttribute("role", "option");
      option.id = `palette-${index}`;
      option.setAttribute("aria-selected", String(index === chosenAt));
      option.dataset.address = entry.address;
      const dot = document.createElement("span");
      if (entry.kind) dot.className = `dot ${entry.kind}`;
      const name = document.createElement("span");
      name.textContent = entry.name;
      const note = document.createElement("small");
      note.textContent = entry.note;
      option.append(...(entry.kind ? [dot] : []), name, note);
      return option;
    }),
  );
  input.setAttribute("aria-activedescendant", shown.length ? `palette-${chosenAt}` : "");
  list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  document.getElementById("palette-nothing").textContent = entries && !shown.some((entry) => entry.kind || entry.note) ? word("nothing-found") : "";
}

export async function openPalette() {
  const dialog = openDialog("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector('[role="listbox"]');
  input.value = "";
  chosenAt = 0;
  draw(list, input);
  input.focus();
  if (entries === null) {
    const answer = await fetch("/places.json", { headers: { Accept: "application/json" } });
    entries = answer.ok ? (await answer.json()).places : [];
    draw(list, input);
  }
}

export function startPalette() {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector('[role="listbox"]');
  input.addEventListener("input", () => {
    chosenAt = 0;
    draw(list, input);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      chosenAt = (chosenAt + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % Math.max(1, shown.length);
      draw(list, input);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (shown[chosenAt]) window.location.assign(shown[chosenAt].address);
    }
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) window.location.assign(option.dataset.address);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]")) {
      event.preventDefault();
      openPalette();
    }
  });
}
