// Moments stand in the page in UTC; here they are said in the reader's time zone and manner.
const language = document.documentElement.lang || "en";
const locale = navigator.languages.find((one) => one.split("-")[0] === language) ?? language;
// Clocks of 24 hours say 09:15, as everywhere else on the page; those of 12 say 9:15.
const hour = new Intl.DateTimeFormat(locale, { hour: "numeric" }).resolvedOptions().hour12 ? "numeric" : "2-digit";
const clock = new Intl.DateTimeFormat(locale, { hour, minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "short", hour, minute: "2-digit" });
const dayAndMonth = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const withYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
// The whole moment names its zone: whoever travels reads which clock this is.
const fullMoment = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric", hour, minute: "2-digit", timeZoneName: "short" });
const brief = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", hour, minute: "2-digit" });

function startOfDay(moment) {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
}

/** `moment` in few words: today by the clock, this week by the day, else by the date. */
export function inFewWords(moment, form, now = new Date()) {
  if (form === "full") return brief.format(moment);
  const days = Math.round((startOfDay(now) - startOfDay(moment)) / 86_400_000);
  if (days === 0) return clock.format(moment);
  if (Math.abs(days) < 7) return weekday.format(moment);
  if (form === "until") return brief.format(moment);
  return moment.getFullYear() === now.getFullYear() ? dayAndMonth.format(moment) : withYear.format(moment);
}

export function sayTimes(within = document) {
  for (const element of within.querySelectorAll("time[data-when]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    const said = inFewWords(moment, element.dataset.when);
    if (element.textContent !== said) element.textContent = said;
    if (!element.title) element.title = fullMoment.format(moment);
  }
}

export function startTimes() {
  sayTimes();
  setInterval(sayTimes, 60_000);
  document.addEventListener("htmx:load", (event) => sayTimes(event.target));
}
