// Loads the islands. Each is one file, works on markup the server sent, and can be missing without harm.

import "./pdf-viewer.mjs";
import "./places.mjs";
import { startBookmark } from "./bookmark.mjs";
import { startKeyboard } from "./keyboard.mjs";
import { startOnce } from "./once.mjs";
import { startKept } from "./kept.mjs";
import { startLengths } from "./lengths.mjs";
import { startTicks } from "./ticks.mjs";
import { startSession } from "./session.mjs";
import { startCalendar } from "./calendar.mjs";
import { startDialogs } from "./dialogs.mjs";
import { startPicker } from "./picker.mjs";
import { startPickers } from "./pickers.mjs";
import { startPinRun } from "./pin-run.mjs";
import { startPrinting } from "./printing.mjs";
import { startUploads } from "./uploads.mjs";

document.documentElement.classList.add("js");
startLengths();
startTicks();
startOnce();
// Before whatever keeps fields: it makes one field of many.
startPicker();
startPinRun();
startKept();
startSession();
startDialogs();
startPickers();
startCalendar();
startPrinting();
startUploads();
startKeyboard();
startBookmark();
// On a phone the tabs run off the side: the one that is open must be among those seen.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
