import { word } from "./words.js";

// After an @: those whom the writer may know, their teams and spaces, from the server. A list below the box, moved in
// with the arrows, taken with Enter or Tab, closed with Escape; a screen reader hears how many there are.
const AFTER_AT = /(?:^|[^\w@/.-])@([\p{L}\d-]{1,40})$/u;
const NAMES_PAUSE_MS = 120;

export function startNaming(form, words) {
  const list = document.createElement("ul");
  list.className = "names";
  list.id = `names-${form.id}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", word("people"));
  list.hidden = true;
  const said = document.createElement("p");
  said.className = "unseen";
  said.setAttribute("role", "status");
  words.after(list, said);
  let chosen = 0;
  let timer = 0;
  let asked = 0;

  function close() {
    list.hidden = true;
    asked += 1;
    said.textContent = "";
    for (const name of ["role", "aria-expanded", "aria-controls", "aria-activedescendant", "aria-autocomplete"]) words.removeAttribute(name);
  }

  function point(index) {
    const options = [...list.children];
    chosen = (index + options.length) % options.length;
    for (const [at, option] of options.entries()) option.setAttribute("aria-selected", String(at === chosen));
    words.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  }

  function take() {
    const name = list.children[chosen]?.dataset.name;
    const before = words.value.slice(0, words.selectionStart);
    const found = AFTER_AT.exec(before);
    close();
    if (!name || !found) return;
    words.setRangeText(`${name} `, before.length - found[1].length, before.length, "end");
    words.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function show(names) {
    if (!names.length) return close();
    list.replaceChildren(
      ...names.map((one, index) => {
        const option = document.createElement("li");
        option.setAttribute("role", "option");
        option.id = `${list.id}-${index}`;
        option.dataset.name = one.slug;
        const name = document.createElement("span");
        name.textContent = one.name;
        const note = document.createElement("small");
        note.textContent = one.note;
        option.append(name, note);
        option.addEventListener("mousedown", (event) => {
          event.preventDefault();
          chosen = index;
          take();
        });
        return option;
      }),
    );
    list.hidden = false;
    words.setAttribute("role", "combobox");
    words.setAttribute("aria-autocomplete", "list");
    words.setAttribute("aria-controls", list.id);
    words.setAttribute("aria-expanded", "true");
    said.textContent = word("people-found", { n: names.length });
    point(0);
  }

  async function look() {
    const found = AFTER_AT.exec(words.value.slice(0, words.selectionStart));
    if (!found) return close();
    const mine = (asked += 1);
    try {
      const answer = await fetch(`/names.json?q=${encodeURIComponent(found[1])}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok || mine !== asked) return;
      const told = await answer.json();
      if (mine === asked) show(told.names);
    } catch {
      close();
    }
  }

  words.addEventListener("input", () => {
    clearTimeout(timer);
    if (!AFTER_AT.test(words.value.slice(0, words.selectionStart))) return close();
    timer = setTimeout(look, NAMES_PAUSE_MS);
  });
  words.addEventListener("blur", close);
  words.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") point(chosen + (event.key === "ArrowDown" ? 1 : -1));
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") take();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
