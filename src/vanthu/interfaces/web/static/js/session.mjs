// A session lasts while its person works: typing is work, though it asks the server for nothing. Before a session
// ends it is said, in time to go on; what was typed is kept all the same.

const warning = 300;
const quiet = 300e3;
const address = document.body.dataset.session;
let seen = Date.now();
let timer;

async function ask(isAttended) {
  const headers = isAttended ? {} : { "X-Unattended": "1" };
  const answer = await fetch(address, { headers, credentials: "same-origin", redirect: "manual" });
  return answer.ok ? answer.json() : null;
}

function take() {
  document.querySelector("[data-session-ends]")?.remove();
}

function button(words, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-plain btn-small";
  made.textContent = words;
  made.addEventListener("click", press);
  return made;
}

function wayIn() {
  const link = document.createElement("a");
  link.className = "btn btn-plain btn-small";
  link.href = `${document.body.dataset.door}?${new URLSearchParams({ next: location.pathname + location.search })}`;
  link.textContent = "Đăng nhập lại";
  return link;
}

function say(sentence, way) {
  take();
  const notice = document.createElement("div");
  notice.className = "notice notice-wait";
  notice.setAttribute("role", "alert");
  notice.dataset.sessionEnds = "";
  const icon = document.createElement("i");
  icon.className = "ti ti-clock-exclamation";
  icon.setAttribute("aria-hidden", "true");
  const said = document.createElement("div");
  said.append(`${sentence} Những gì bạn gõ vẫn được giữ. `, way);
  notice.append(icon, said);
  document.getElementById("flash")?.prepend(notice);
}

function at(seconds) {
  return new Date(Date.now() + seconds * 1000).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", hour12: false });
}

async function look() {
  let left;
  try {
    left = await ask(false);
  } catch {
    wait(60);
    return;
  }
  if (!left) say("Phiên làm việc đã hết.", wayIn());
  else if (left.whole <= warning) {
    say(`Phiên làm việc hết lúc ${at(left.whole)}; hãy đăng nhập lại.`, wayIn());
    wait(left.whole + 1);
  } else if (left.idle <= warning) {
    say(`Phiên làm việc hết lúc ${at(left.idle)} vì lâu không có thao tác.`, button("Làm việc tiếp", goOn));
    wait(left.idle + 1);
  } else {
    // Another window of the same person may have put it off.
    take();
    wait(left.idle - warning);
  }
}

function wait(seconds) {
  clearTimeout(timer);
  // A browser counts no further than 24 days, and wakes late from sleep.
  timer = setTimeout(look, Math.max(seconds, 1) * 1000);
}

async function goOn() {
  seen = Date.now();
  try {
    const left = await ask(true);
    if (!left) return look();
    take();
    wait(left.idle - warning);
  } catch {
    wait(60);
  }
}

export function startSession() {
  if (!address) return;
  wait(Number(document.body.dataset.idle) - warning);
  document.addEventListener("input", () => {
    if (Date.now() - seen > quiet) goOn();
  });
}
