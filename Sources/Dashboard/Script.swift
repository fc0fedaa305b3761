/// What runs in the browser: puts what the server sends in place of what has changed. Everything works without it; pages
/// then load again every few seconds.
enum Script {
    static let text = """
        "use strict";
        const main = document.querySelector("main[data-live]");
        const status = document.getElementById("connection");
        const topic = main ? main.dataset.live : "";

        // Swaps the parts that differ, and keeps what people hold on to: the focus and how far a table is scrolled.
        function show(html) {
          const next = new DOMParser().parseFromString("<main>" + html + "</main>", "text/html").querySelector("main");
          const parts = Array.from(next.children);
          const same = parts.length === main.children.length
            && parts.every((part, index) => part.id === main.children[index].id);
          if (!same) { main.replaceChildren(...parts); return; }
          parts.forEach((part, index) => {
            const old = main.children[index];
            if (old.outerHTML === part.outerHTML) return;
            const scrolled = Array.from(old.querySelectorAll(".scroll"), (box) => box.scrollLeft);
            const boxes = Array.from(old.querySelectorAll("a, [tabindex]"));
            const focus = boxes.indexOf(document.activeElement);
            old.replaceWith(part);
            part.querySelectorAll(".scroll").forEach((box, place) => { box.scrollLeft = scrolled[place] || 0; });
            if (focus >= 0) {
              const target = part.querySelectorAll("a, [tabindex]")[focus];
              if (target) target.focus({ preventScroll: true });
            }
          });
        }

        function say(text) { if (status.textContent !== text) status.textContent = text; }

        function watch() {
          const events = new EventSource("/events?page=" + encodeURIComponent(topic));
          events.onopen = () => say("live");
          events.onmessage = (event) => show(event.data);
          events.onerror = () => {
            say("not connected");
            // A refusal ends the stream for good: the server was busy.
            if (events.readyState === EventSource.CLOSED) setTimeout(watch, 15000);
          };
          // A page that is kept for going back must not keep a connection.
          window.addEventListener("pagehide", () => events.close(), { once: true });
        }

        if (topic) {
          watch();
          window.addEventListener("pageshow", (event) => { if (event.persisted) watch(); });
        }

        """

    /// The picture in the browser's tab.
    static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="none" stroke="#2f81f7" \
        stroke-width="2" stroke-linecap="round" stroke-linejoin="round" d="M2 13l4-4 3 2 5-8"/></svg>
        """
}
