import Reports

/// How the pages look: as reports do, with what only pages that one works with need.
enum DashboardStyle {
    static let text =
        "\(Stylesheet.text)" + """
            .skip { position: absolute; left: -100rem; }
            .skip:focus { left: 1rem; top: 0.5rem; background: var(--page); padding: 0.4rem 0.8rem; z-index: 2; }
            main:focus { outline: none; }
            a:focus-visible, summary:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible,
            .scroll:focus-visible { outline: 2px solid var(--s0); outline-offset: 2px; }
            .bar { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0.3rem 1.5rem;
              border-bottom: 1px solid var(--rule); padding-bottom: 0.6rem; margin-bottom: 1.4rem; }
            .bar nav { margin: 0; font-size: 1rem; gap: 0.3rem 0.4rem; }
            .bar nav a { padding: 0.35rem 0.6rem; border-radius: 6px; text-decoration: none; }
            .bar nav a:hover { text-decoration: underline; }
            .bar nav a[aria-current] { background: var(--shade); color: var(--ink); font-weight: 600; }
            #connection { margin: 0; font-size: 0.85rem; color: var(--soft); min-height: 1.2em; }
            section { margin: 0; }
            #state h1, main > h1 { margin-top: 0; }
            .facts dd { font-variant-numeric: tabular-nums; }
            .alarm { border-left: 4px solid var(--s1); padding: 0.4rem 0.8rem; background: var(--shade); font-weight: 600; }
            .step { display: grid; grid-template-columns: minmax(9rem, 15rem) minmax(6rem, 1fr) minmax(12rem, 22rem);
              gap: 0.2rem 1rem; align-items: center; margin: 0.35rem 0; max-width: 62rem; }
            .step .note { margin: 0; font-variant-numeric: tabular-nums; }
            progress { width: 100%; height: 0.7rem; appearance: none; border: 0; border-radius: 4px; overflow: hidden;
              background: var(--rule); }
            progress::-webkit-progress-bar { background: var(--rule); }
            progress::-webkit-progress-value { background: var(--s0); }
            progress::-moz-progress-bar { background: var(--s0); }
            form { display: grid; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); gap: 0.7rem 1rem;
              align-items: end; margin: 0.6rem 0 1.4rem; }
            label { display: block; font-size: 0.82rem; color: var(--soft); margin-bottom: 0.15rem; }
            input, select, button { font: inherit; color: var(--ink); background: var(--page); width: 100%;
              border: 1px solid var(--soft); border-radius: 6px; padding: 0.4rem 0.5rem; min-height: 2.4rem; }
            button { background: var(--shade); font-weight: 600; cursor: pointer; }
            .found { list-style: none; padding: 0; margin: 0; }
            .found li { border-top: 1px solid var(--rule); padding: 0.7rem 0; }
            .found h2 { font-size: 1rem; margin: 0; padding: 0; border: 0; }
            .facts-line { display: flex; flex-wrap: wrap; gap: 0.1rem 1.1rem; margin: 0.15rem 0; font-size: 0.88rem;
              color: var(--soft); font-variant-numeric: tabular-nums; }
            .reward { color: var(--ink); font-weight: 600; }
            .excerpt { margin: 0; overflow-wrap: anywhere; }
            .pages { display: flex; gap: 1.5rem; margin: 1rem 0; }
            .text { white-space: pre-wrap; overflow-wrap: anywhere; max-width: 60rem; }
            .sample { background: var(--shade); border-radius: 6px; padding: 0.7rem 1rem; margin: 0.8rem 0; }
            .sample:target { outline: 2px solid var(--s0); }
            .sample h3 { margin-top: 0; }
            .sample h4 { margin: 0.8rem 0 0.1rem; }
            details { margin: 0.5rem 0; }
            summary { cursor: pointer; font-weight: 600; }
            .documents > li { margin: 0.6rem 0; }
            .documents dl { display: block; }
            .documents dd { margin: 0 0 0.3rem; }
            @media (min-width: 64rem) {
              #rewards { display: grid; grid-template-columns: minmax(0, 42rem) auto; column-gap: 3rem; align-items: center; }
              #rewards > h2, #rewards > .note { grid-column: 1 / -1; }
            }
            @media (max-width: 40rem) {
              #rewards svg text, #losses svg text { font-size: 14px; }
              .step { grid-template-columns: 1fr; margin: 0.7rem 0; }
              .bar nav a { padding: 0.5rem 0.5rem; }
            }

            """
}
