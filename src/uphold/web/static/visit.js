// SPDX-License-Identifier: Apache-2.0
// Says that a page was looked at, and a form begun or its box ticked. Keeps nothing, reads nothing that is typed.
(function (d, n) {
  "use strict";
  var to = d.currentScript.src.replace(/\/static\/.*/, "/visit"), told = {};
  if (n.globalPrivacyControl || n.doNotTrack == 1 || !n.sendBeacon) return;
  function say(event, item) {
    if (told[event + item]) return;
    told[event + item] = 1;
    n.sendBeacon(to, JSON.stringify({ page: location.pathname, event: event, item: item }));
  }
  function step(e) {
    var f = e.target.form, name = f && /\/f\/([a-z0-9-]+)$/.exec((f.getAttribute("action") || "").split("?")[0]);
    if (!name) return;
    say("started", name[1]);
    if (e.target.type == "checkbox" && e.target.checked) say("ticked", name[1]);
  }
  function begin() { say("view", ""); }
  d.prerendering ? d.addEventListener("prerenderingchange", begin) : begin();
  d.addEventListener("input", step);
})(document, navigator);
