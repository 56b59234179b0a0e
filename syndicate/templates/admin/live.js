// SPDX-License-Identifier: Apache-2.0
// Keeps a part of the page up to date while it says where from. Without it the page is whole; look again to see more.
(() => {
  const seconds = 3;
  const look = async () => {
    const part = document.querySelector("[data-live]");
    if (!part) return;
    if (!document.hidden && !part.contains(document.activeElement)) {
      try {
        const answer = await fetch(part.dataset.live, { credentials: "same-origin", redirect: "error" });
        if (answer.ok) {
          const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
          part.replaceWith(document.adoptNode(fresh));
        }
      } catch {
        // The daemon does not answer now; the next look may.
      }
    }
    setTimeout(look, seconds * 1000);
  };
  setTimeout(look, seconds * 1000);
})();
