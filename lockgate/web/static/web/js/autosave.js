import { forgetWords, keepWords, keptWords } from "./keeping.js";
import { ask, csrfToken, word } from "./words.js";

// What is typed is kept on the server a second after the last key, and once more when the page is left.
const IDLE_MS = 1000;

export function startAutosave(form) {
  const address = form.dataset.draft;
  if (!address) return { forget() {}, touch() {} };
  const line = form.querySelector("[data-saved]");
  let timer = 0;
  let dirty = false;

  function fields() {
    const given = new FormData(form);
    given.delete("files");
    given.delete("csrfmiddlewaretoken");
    return new URLSearchParams([...given.entries()].filter(([, value]) => typeof value === "string"));
  }

  const words = form.querySelector("textarea");
  const slot = form.querySelector('input[name="slot"]')?.value || "new";

  async function save() {
    dirty = false;
    const told = await ask(address, fields());
    if (line) line.textContent = told.error ? told.sentence || "" : word("saved");
    if (told.error === "offline") {
      dirty = true;
      keepWords(slot, words.value, form.querySelector('select[name="marking"]')?.value ?? 0);
    } else if (!told.error) forgetWords(slot);
  }

  function touch() {
    dirty = true;
    if (line) line.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(save, IDLE_MS);
  }

  form.addEventListener("input", touch);
  // What was written without a network comes back, once all that listens to the box is there.
  const kept = keptWords(slot);
  if (kept && kept !== words.value) {
    setTimeout(() => {
      words.value = words.value.trim() ? `${words.value}\n\n${kept}` : kept;
      words.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  window.addEventListener("pagehide", () => {
    if (!dirty) return;
    const kept = fields();
    kept.set("csrfmiddlewaretoken", csrfToken());
    navigator.sendBeacon(address, kept);
  });
  return {
    touch,
    forget() {
      forgetWords(slot);
      clearTimeout(timer);
      dirty = false;
      if (line) line.textContent = "";
    },
  };
}
