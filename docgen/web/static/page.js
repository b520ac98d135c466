/* Chỉ để tiện: mọi trang đều dùng được khi trình duyệt không chạy tệp này. */
"use strict";
(function () {
  const PREFIX = "docgen:";
  const summary = document.querySelector("#loi[data-focus]");
  if (summary) summary.focus();

  /* Chữ đang gõ được giữ trong trình duyệt cho đến khi lưu xong; ra khỏi trang thì xóa. */
  function key(control) {
    const form = control.form;
    return form && form.dataset.keep && control.name ? PREFIX + form.dataset.keep + "#" + control.name : "";
  }
  function keep(name, value) {
    try { if (value === null) localStorage.removeItem(name); else localStorage.setItem(name, value); } catch (fault) { /* đầy hoặc bị cấm */ }
  }
  function kept(name) {
    try { return localStorage.getItem(name); } catch (fault) { return null; }
  }
  document.addEventListener("input", function (event) {
    const control = event.target;
    if (control.type === "radio" || control.type === "hidden" || control.type === "file") return;
    const name = key(control);
    if (name && !control.name.startsWith("x:")) keep(name, control.value);
  });
  document.addEventListener("submit", function (event) {
    if (event.target.getAttribute("action") === "/ra") {
      try {
        Object.keys(localStorage).filter(function (name) { return name.startsWith(PREFIX); }).forEach(function (name) { keep(name, null); });
      } catch (fault) { /* bị cấm */ }
    }
  });
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("form[data-keep] :is(input, textarea, select)[hx-post]").forEach(function (control) {
      const name = key(control);
      const value = name && control.type !== "radio" ? kept(name) : null;
      if (value === null) return;
      if (value === control.value) { keep(name, null); return; }
      control.value = value;
      control.dispatchEvent(new Event("change", { bubbles: true }));
    });
  });

  /* Sau mỗi lần lưu: dấu của ô, ô có lỗi hay không, giá trị người kia đã ghi. */
  document.addEventListener("htmx:afterSettle", function (event) {
    const mark = event.target.id && document.getElementById(event.target.id);
    const status = mark || event.detail.elt;
    const box = status && status.closest ? status.closest(".field") : null;
    if (!box) return;
    const message = box.querySelector("[id^='m-']");
    const bad = Boolean(message && message.hasAttribute("data-bad"));
    box.classList.toggle("bad", bad);
    const control = box.querySelector("input:not([type=hidden]):not([type=radio]), textarea, select");
    if (!control) return;
    if (bad) {
      control.setAttribute("aria-invalid", "true"); 
      const hint = box.querySelector(".hint[id^='h-']");
      control.setAttribute("aria-describedby", (hint ? hint.id + " " : "") + message.id);
    }
    else control.removeAttribute("aria-invalid");
    if (status.hasAttribute("data-value")) control.value = status.dataset.value;
    if (status.hasAttribute("data-saved")) keep(key(control), null);
  });
  /* Bộ hồ sơ đang lập: máy chủ báo từng bước. Không báo được thì hỏi hai giây một lần, như lúc mở trang. */
  const run = document.getElementById("tien-do");
  if (run && window.EventSource) {
    let failed = 0;
    const told = new EventSource(run.dataset.events);
    told.addEventListener("tinh-hinh", function (event) {
      failed = 0;
      const box = document.getElementById("tien-do");
      if (box) box.outerHTML = event.data;
    });
    told.addEventListener("xong", function () { told.close(); location.reload(); });
    told.addEventListener("error", function () {
      failed += 1;
      if (told.readyState !== EventSource.CLOSED && failed < 3) return;
      told.close();
      htmx.ajax("GET", run.dataset.ask, { target: "#tien-do", swap: "outerHTML" });
    });
  }
  /* Không tới được máy chủ: nói ra, chữ vẫn còn trong ô. */
  document.addEventListener("htmx:sendError", function (event) {
    const box = event.target.closest ? event.target.closest(".field") : null;
    const status = box && box.querySelector("[id^='s-']");
    if (status) { status.className = "saved no"; status.textContent = document.body.dataset.offline || ""; }
  });
})();
