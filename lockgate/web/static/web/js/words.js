// The page brings its own words, in the reader's language: <body data-words>.
const told = JSON.parse(document.body.dataset.words || "{}");
const plural = new Intl.PluralRules(document.documentElement.lang || "en");

/** The sentence `name`, with {n} and the like filled in; {one, other} is chosen by `values.n`. */
export function word(name, values = {}) {
  let sentence = told[name] ?? name;
  if (typeof sentence === "object") sentence = sentence[plural.select(values.n ?? 0)] ?? sentence.other;
  return Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`{${key}}`, value), sentence);
}

/** The token that proves a request comes from our own page. */
export function csrfToken() {
  return document.querySelector('meta[name="csrf"]')?.content ?? "";
}

/** POST a form's fields and read JSON; a refusal comes back as {error, sentence, mend}, never as an exception. */
export async function ask(address, fields, options = {}) {
  try {
    const answer = await fetch(address, {
      method: "POST",
      body: fields,
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
      ...options,
    });
    if ((answer.headers.get("Content-Type") ?? "").startsWith("application/json")) return await answer.json();
    return { error: "unreadable", sentence: word("broken"), mend: "" };
  } catch (error) {
    if (error.name === "AbortError") return { error: "aborted", sentence: "", mend: "" };
    return { error: "offline", sentence: word("offline"), mend: word("kept") };
  }
}
