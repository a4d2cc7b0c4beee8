import { startComposers } from "./composer.js";
import { startKeys } from "./keys.js";
import { startLayers } from "./layers.js";
import { startLive } from "./live.js";
import { startMarks } from "./marks.js";
import { startPages } from "./pages.js";
import { startPalette } from "./palette.js";
import { startTimes } from "./times.js";

startTimes();
startLayers();
startPalette();
startKeys();
startPages();
startLive();
startComposers();
startMarks();
document.addEventListener("htmx:load", (event) => startComposers(event.target));
