/// How the page looks: on a desk, on a phone, in the dark, on paper. All text has a contrast of 4.5 or more (WCAG AA), lines
/// and bars of 3 or more.
package enum Stylesheet {
    /// CSS.
    package static let text: StaticString = """

        :root {
          --page: #ffffff; --ink: #1c2128; --soft: #57606a; --rule: #d0d7de; --shade: #f4f6f8;
          --s0: #0b5cad; --s1: #a33c00; --s2: #1a6e33; --s3: #7a3fc2; --s4: #7d5600; --s5: #a1286b;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #0f1419; --ink: #e6edf3; --soft: #a3adb8; --rule: #39424d; --shade: #1a2129;
            --s0: #6cb6ff; --s1: #ff9d6e; --s2: #5fd38d; --s3: #c9a5ff; --s4: #e3b341; --s5: #ff8fc7;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0 auto; padding: 1.5rem clamp(0.9rem, 3vw, 2.5rem) 4rem; max-width: 84rem; background: var(--page);
          color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
        h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 0.8rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.6rem 0 0.4rem; padding-top: 0.7rem;
          border-top: 1px solid var(--rule); }
        h3 { font-size: 1.02rem; margin: 1.6rem 0 0.3rem; overflow-wrap: anywhere; }
        h4 { font-size: 0.92rem; margin: 0 0 0.4rem; display: flex; justify-content: space-between; gap: 0.5rem; }
        h4 span { font-weight: 400; color: var(--soft); font-variant-numeric: tabular-nums; }
        a { color: var(--s0); }
        a:focus-visible, .scroll:focus-visible { outline: 2px solid var(--s0); outline-offset: 2px; }
        dl { display: flex; flex-wrap: wrap; gap: 0.6rem 2rem; margin: 0; }
        dt { font-size: 0.8rem; color: var(--soft); }
        dd { margin: 0; overflow-wrap: anywhere; }
        nav { display: flex; flex-wrap: wrap; gap: 0.3rem 1.1rem; margin-top: 1.2rem; font-size: 0.92rem; }
        .note { color: var(--soft); font-size: 0.9rem; max-width: 60rem; margin: 0 0 0.9rem; }
        .scroll { overflow-x: auto; margin: 0.9rem 0 1.4rem; }
        table { border-collapse: separate; border-spacing: 0; font-size: 0.92rem; }
        caption { text-align: left; font-weight: 600; padding: 0.2rem 0 0.4rem; }
        th, td { padding: 0.35rem 0.7rem 0.35rem 0; vertical-align: baseline; white-space: nowrap; }
        th { text-align: left; }
        thead th { font-weight: 600; font-size: 0.85rem; color: var(--soft); border-bottom: 1px solid var(--soft);
          vertical-align: bottom; }
        tbody th { font-weight: 500; }
        tbody tr + tr > * { border-top: 1px solid var(--rule); }
        .n { text-align: right; font-variant-numeric: tabular-nums; }
        .n + .t { padding-left: 0.8rem; }
        small { display: block; color: var(--soft); font-size: 0.76rem; }
        figure { margin: 1rem 0; max-width: 42rem; }
        figcaption { color: var(--soft); font-size: 0.88rem; }
        svg { display: block; width: 100%; height: auto; overflow: visible; }
        svg text { fill: var(--ink); font: 11px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
        svg .soft { fill: var(--soft); }
        svg .rule { stroke: var(--rule); stroke-width: 1; fill: none; }
        svg .mean { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 4 3; }
        svg .bar { fill: var(--s0); }
        .c0 { color: var(--s0); } .c1 { color: var(--s1); } .c2 { color: var(--s2); }
        .c3 { color: var(--s3); } .c4 { color: var(--s4); } .c5 { color: var(--s5); }
        svg .line { stroke: currentColor; stroke-width: 2; fill: none; }
        svg .reach { stroke: currentColor; stroke-width: 1.2; fill: none; opacity: 0.75; }
        svg .mark { fill: currentColor; stroke: var(--page); stroke-width: 1; }
        svg text.label { fill: currentColor; font-weight: 600; }
        .panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1rem 1.6rem; }
        .panels figure { margin: 0; }
        .request { border-left: 3px solid var(--rule); padding-left: 0.8rem; margin: 0.3rem 0 0.8rem; color: var(--soft); }
        .texts { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: 0.8rem; }
        .author { background: var(--shade); border-radius: 6px; padding: 0.7rem 0.85rem; min-width: 0; }
        article p { margin: 0 0 0.5rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.92rem; }
        .reasoning { color: var(--soft); border-bottom: 1px solid var(--rule); padding-bottom: 0.5rem; }
        .none { color: var(--soft); font-style: italic; }
        .listing { background: var(--shade); border-radius: 6px; padding: 0.8rem 1rem; overflow-x: auto; font-size: 0.85rem;
          line-height: 1.45; font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
        @media (max-width: 40rem) {
          body { font-size: 15px; }
          tbody th, thead th:first-child { position: sticky; left: 0; background: var(--page); }
          thead th:first-child { z-index: 1; }
        }
        @media print {
          :root { --page: #ffffff; --ink: #000000; --soft: #444444; --rule: #bbbbbb; --shade: #ffffff;
            --s0: #0b5cad; --s1: #a33c00; --s2: #1a6e33; --s3: #7a3fc2; --s4: #7d5600; --s5: #a1286b; }
          @page { margin: 14mm; }
          body { max-width: none; padding: 0; font-size: 9.5pt; }
          nav { display: none; }
          .scroll { overflow: visible; }
          table { font-size: 8pt; }
          th, td { padding: 0.2rem 0.5rem 0.2rem 0; white-space: normal; }
          tbody th { white-space: nowrap; }
          h2, h3, .note, caption { break-after: avoid; }
          small { font-size: 6.5pt; white-space: nowrap; }
          tr, figure, table, article { break-inside: avoid; }
          .texts { grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 0.4rem; }
          .author { padding: 0.4rem 0.5rem; }
          h4, article p { font-size: 8pt; line-height: 1.35; }
          .author { border: 1px solid var(--rule); }
          .listing { white-space: pre-wrap; border: 1px solid var(--rule); }
        }

        """
}
